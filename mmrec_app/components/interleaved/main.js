// A query and one list made of two, by whom is unknown: digits mark what is relevant, Enter goes on.

/** @import { Component } from "../shared/component.js" */
/** @import { InterleavedData, Item } from "./data.js" */

import { fillLegend, listenToKeys } from "../grading/keys.js";
import { ReviewSession } from "../grading/review_session.js";
import { Turns } from "../grading/turns.js";
import { componentOf } from "../shared/component.js";
import { make, makeButton, setCaption } from "../shared/elements.js";
import { FramedPicture, preload } from "../shared/pictures.js";
import { ClickedList } from "./clicked_list.js";
import { Outcome } from "./outcome.js";

class Interleaving {
  /** @type {Turns<Item>} */
  turns = new Turns();
  comparison = "";
  /** @type {Set<string>} */
  clicked = new Set();
  /** @type {{ item: Item, clicked: Set<string> | null } | null} */
  last = null;

  /**
   * @param {ShadowRoot} parent
   * @param {Component<InterleavedData>} component
   */
  constructor(parent, component) {
    listenToKeys(parent, (key) => this.onKey(key));
    this.outer = make("div", "outer", parent);
    this.session = new ReviewSession(component, this.outer);
    this.legend = make("div", "legend", this.outer);
    this.board = make("div", "board", this.outer);
    this.query = make("figure", "query", this.board);
    this.picture = new FramedPicture(this.query);
    const text = make("figcaption", "", this.query);
    this.role = make("div", "role", text);
    this.caption = make("div", "caption", text);
    this.list = new ClickedList(this.board, (id) => this.toggle(id));
    this.decision = make("div", "decision", this.board);
    this.ask = make("div", "ask", this.decision);
    this.done = makeButton("done", this.decision);
    make("kbd", "", this.done, "⏎").ariaHidden = "true";
    this.doneName = make("span", "", this.done);
    this.done.onclick = () => this.finish();
    this.outcome = new Outcome(this.decision, () => this.undo());
    this.wait = make("p", "wait", this.outer);
  }

  /** @param {Component<InterleavedData>} component */
  update(component) {
    const { data } = component;
    this.session.update(component);
    if (this.comparison !== data.comparison) {
      this.comparison = data.comparison;
      this.turns = new Turns();
      this.clicked = new Set();
      this.last = null;
    }
    fillLegend(this.legend, data.keys);
    this.draw();
    const soon = data.items[1];
    if (soon) preload([soon.query, ...soon.pictures].map(({ src }) => src));
  }

  get current() {
    return this.turns.current(this.session.data.items, this.session.events.pending);
  }

  draw() {
    const { data, events } = this.session;
    const { words } = data;
    const { current } = this;
    this.wait.hidden = Boolean(current) || !events.pending.length;
    this.wait.textContent = words.wait;
    this.query.hidden = this.list.root.hidden = this.ask.hidden = !current;
    this.outer.dataset.query = current?.query.id ?? "";
    this.ask.textContent = words.ask;
    this.done.disabled = !current;
    this.doneName.textContent = words.done;
    this.outcome.update(this.last, events.pending.length > 0, words);
    if (!current) return;
    this.picture.show({ ...current.query, tip: current.query.caption });
    this.role.textContent = words.query;
    setCaption(this.caption, current.query);
    this.list.update(words.list, current.pictures, this.clicked);
  }

  /** @param {string} id of a picture */
  toggle(id) {
    if (!this.clicked.delete(id)) this.clicked.add(id);
    this.draw();
  }

  finish() {
    const { current } = this;
    if (!current) return;
    this.session.asReviewer(() => {
      const clicked = [...this.clicked];
      this.session.send({ kind: "click", clicked, ...this.interleaved(current) });
      this.turns.judge(current);
      this.last = { item: current, clicked: this.clicked };
      this.clicked = new Set();
      this.draw();
    });
  }

  /** The last list comes again with its clicks, to be done over. */
  undo() {
    const item = this.turns.takeBack();
    if (!item) return;
    this.session.send({ kind: "take back", ...this.interleaved(item) });
    this.clicked = new Set(this.last?.item === item ? this.last.clicked : []);
    this.last = { item, clicked: null };
    this.draw();
  }

  /** @param {Item} item */
  interleaved({ query, first, second, pictures, teams }) {
    return {
      query: query.id,
      first: first.system,
      second: second.system,
      shown: pictures.map(({ id }) => id),
      teams,
      k: this.session.data.k,
    };
  }

  /**
   * @param {string} key
   * @returns {boolean} whether it means anything
   */
  onKey(key) {
    const picture = /^\d$/.test(key) && this.current?.pictures[(Number(key) + 9) % 10];
    if (picture) this.toggle(picture.id);
    else if (key === "Enter") this.finish();
    else if (key === "u") this.undo();
    else return false;
    return true;
  }
}

export default componentOf(Interleaving);
