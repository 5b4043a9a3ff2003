// One pair: two pictures, the rankers' probabilities, the grades.

/** @import { GradingSession } from "../grading/session.js" */
/** @import { Picture } from "../grading/data.js" */
/** @import { Bar, Pair, PairsData } from "./data.js" */

import { GradeButtons } from "../grading/grade_buttons.js";
import { make, makeButton, percentage, setCaption } from "../shared/elements.js";
import { FramedPicture, absolute } from "../shared/pictures.js";

export class PairView {
  /** @param {Pair} pair */
  constructor(pair) {
    this.id = idOf(pair);
    this.root = make("li", "pair");
    this.root.dataset.query = pair.query.id;
    this.root.dataset.candidate = pair.candidate.id;
    const sides = make("div", "sides", this.root);
    this.query = new SideView("query", sides);
    this.candidate = new SideView("candidate", sides);
    const facts = make("div", "known-facts", this.root);
    const line = make("div", "verdict-line", facts);
    this.known = make("span", "known", line);
    this.rank = make("span", "rank", line);
    this.bars = make("div", "bars", facts);
    this.grades = new GradeButtons(facts);
    this.explain = makeButton("plain explain", facts);
  }

  /**
   * @param {Pair} pair
   * @param {GradingSession<PairsData>} session
   */
  update(pair, session) {
    const { words, threshold } = session.data;
    const link = { href: absolute(pair.href), title: words.open };
    this.query.update(pair.query, words.query, link);
    this.candidate.update(pair.candidate, words.candidate, link);
    this.known.textContent = pair.relevant ? words.relevant : words.irrelevant;
    this.known.className = pair.relevant ? "known yes" : "known no";
    this.rank.textContent = pair.rank;
    this.explain.textContent = words.explain;
    this.bars.replaceChildren();
    for (const bar of pair.bars) addBar(this.bars, bar, threshold);
    const names = /** @type {const} */ ([pair.query.id, pair.candidate.id]);
    this.grades.update(session.gradeOf(...names), words, session.othersOn(...names));
    if (session.isLast(...names)) this.grades.root.after(session.confirmation.root);
  }
}

/** @param {Pair} pair */
export function idOf({ query, candidate }) {
  return JSON.stringify([query.id, candidate.id]);
}

class SideView {
  /**
   * @param {"query" | "candidate"} side
   * @param {HTMLElement} parent
   */
  constructor(side, parent) {
    this.root = make("a", `side ${side}`, parent);
    this.picture = new FramedPicture(this.root, { lazy: true });
    this.role = make("span", "role", this.root);
    this.caption = make("span", "caption", this.root);
  }

  /**
   * @param {Picture} picture
   * @param {string} role
   * @param {{ href: string, title: string }} link
   */
  update(picture, role, { href, title }) {
    this.picture.show({ ...picture, alt: picture.uncaptioned ? picture.alt : "" });
    this.role.textContent = role;
    setCaption(this.caption, picture);
    this.root.title = title;
    this.root.href = href;
  }
}

/**
 * @param {HTMLElement} parent
 * @param {Bar} bar
 * @param {number} threshold marked on the chosen ranker's bar
 */
function addBar(parent, { name, p, value, chosen }, threshold) {
  const row = make("div", chosen ? "bar chosen" : "bar", parent);
  make("span", "bar-name", row, name);
  const track = make("span", "track", row);
  make("span", "fill", track).style.width = percentage(p);
  if (chosen) make("span", "mark", track).style.left = `${threshold * 100}%`;
  make("span", "bar-value", row, value);
}
