// What the last list came to: whose pictures were clicked, said to a screen reader too, with undo.

/** @import { InterleavedWords, Item, Team } from "./data.js" */

import { make, makeButton, setText } from "../shared/elements.js";
import { FramedPicture, absolute } from "../shared/pictures.js";
import { counted } from "./credit.js";

/** @type {Record<Team, string>} */
const SIGNS = { first: "●", second: "◆", both: "–" };

export class Outcome {
  /**
   * @param {ParentNode} parent
   * @param {() => void} onUndo
   */
  constructor(parent, onUndo) {
    this.spoken = make("div", "spoken", parent);
    this.spoken.setAttribute("role", "status");
    this.root = make("div", "outcome", parent);
    this.link = make("a", "last", this.root);
    this.picture = new FramedPicture(this.link);
    this.text = make("div", "outcome-text", this.root);
    this.teams = make("div", "outcome-teams", this.text);
    this.winner = make("div", "outcome-winner", this.text);
    this.undo = makeButton("plain undo", this.root);
    this.undo.onclick = onUndo;
    this.list = make("ol", "strip", this.root);
  }

  /**
   * @param {{ item: Item, clicked: Set<string> | null } | null} last null clicks: taken back
   * @param {boolean} pending whether the server does not have it yet
   * @param {InterleavedWords} words
   */
  update(last, pending, words) {
    this.root.hidden = !last;
    if (!last) return;
    const { item, clicked } = last;
    this.picture.show(item.query);
    this.link.href = absolute(item.href);
    this.link.setAttribute("aria-label", `${words.open}: ${item.query.alt}`);
    this.link.title = words.open;
    const clicks = clicked && counted(item, clicked);
    setText(
      this.teams,
      clicks &&
        `${SIGNS.first} ${item.first.name}: ${clicks.first} · ` +
          `${SIGNS.second} ${item.second.name}: ${clicks.second}`,
    );
    const done = clicked ? words.saved : words.undone;
    this.winner.textContent = [
      clicked && winner(item, clicked, words),
      pending ? words.saving : done,
    ]
      .filter(Boolean)
      .join(" · ");
    this.undo.textContent = words.undo;
    this.undo.hidden = !clicked;
    this.list.hidden = !clicked;
    if (clicked) this.fill(item, clicked, words);
    const said = `${this.teams.textContent}. ${this.winner.textContent}`;
    if (!pending && this.spoken.textContent !== said) this.spoken.textContent = said;
  }

  /**
   * @param {Item} item
   * @param {ReadonlySet<string>} clicked
   * @param {InterleavedWords} words
   */
  fill({ pictures, teams, first, second }, clicked, words) {
    this.list.setAttribute("aria-label", words.list);
    this.list.replaceChildren();
    const names = { first: first.name, second: second.name, both: words.both };
    for (const [index, { id, src }] of pictures.entries()) {
      const place = make("li", clicked.has(id) ? "was clicked" : "was", this.list);
      new FramedPicture(place).show({ src, alt: "", tip: names[teams[index]] });
      make("span", "sign", place, SIGNS[teams[index]]).ariaHidden = "true";
      const said = clicked.has(id)
        ? `${names[teams[index]]}, ${words.clicked}`
        : names[teams[index]];
      make("span", "spoken", place, said);
    }
  }
}

/**
 * @param {Item} item
 * @param {ReadonlySet<string>} clicked
 * @param {InterleavedWords} words
 */
function winner(item, clicked, words) {
  const { first, second } = counted(item, clicked);
  if (!clicked.size) return words.none;
  if (first === second) return words.tie;
  return `${words.more}: ${first > second ? item.first.name : item.second.name}`;
}
