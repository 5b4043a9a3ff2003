// A query and two lists, whose they are unknown: four keys say which is better, then it is said.

/** @import { Component } from "../shared/component.js" */
/** @import { Choice, CompareData, Item } from "./data.js" */

import { fillLegend, listenToKeys } from "../grading/keys.js";
import { ReviewSession } from "../grading/review_session.js";
import { Turns } from "../grading/turns.js";
import { componentOf } from "../shared/component.js";
import { make, makeButton, setCaption } from "../shared/elements.js";
import { FramedPicture, preload } from "../shared/pictures.js";
import { Outcome } from "./outcome.js";
import { Side } from "./side.js";

/** @type {Record<string, Choice>} */
const CHOICE_OF_KEY = {
  ArrowLeft: "left",
  ArrowUp: "both good",
  ArrowDown: "both bad",
  ArrowRight: "right",
};
const SIGNS = ["←", "↑", "↓", "→"];

class Comparison {
  /** @type {Turns<Item>} */
  turns = new Turns();
  comparison = "";
  /** @type {{ item: Item, choice: Choice | null } | null} */
  last = null;

  /**
   * @param {ShadowRoot} parent
   * @param {Component<CompareData>} component
   */
  constructor(parent, component) {
    listenToKeys(parent, (key) => this.onKey(key));
    this.outer = make("div", "outer", parent);
    this.session = new ReviewSession(component, this.outer);
    this.legend = make("div", "legend", this.outer);
    this.top = make("div", "top", this.outer);
    this.query = make("figure", "query", this.top);
    this.picture = new FramedPicture(this.query);
    const text = make("figcaption", "", this.query);
    this.role = make("div", "role", text);
    this.caption = make("div", "caption", text);
    this.decision = make("div", "decision", this.top);
    this.ask = make("div", "ask", this.decision);
    const buttons = make("div", "choices", this.decision);
    this.buttons = Object.values(CHOICE_OF_KEY).map((choice, index) => {
      const button = makeButton("choice", buttons);
      make("kbd", "", button, SIGNS[index]).ariaHidden = "true";
      const name = make("span", "", button);
      button.onclick = () => this.choose(choice);
      return { choice, button, name };
    });
    this.outcome = new Outcome(this.decision, () => this.undo());
    this.wait = make("p", "wait", this.outer);
    this.sides = make("div", "sides", this.outer);
    this.left = new Side(this.sides);
    this.right = new Side(this.sides);
  }

  /** @param {Component<CompareData>} component */
  update(component) {
    const { data } = component;
    this.session.update(component);
    if (this.comparison !== data.comparison) {
      this.comparison = data.comparison;
      this.turns = new Turns();
      this.last = null;
    }
    fillLegend(this.legend, data.keys);
    this.draw();
    const soon = data.items[1];
    if (soon) {
      const { query, left, right } = soon;
      preload([query, ...left.pictures, ...right.pictures].map(({ src }) => src));
    }
  }

  get current() {
    return this.turns.current(this.session.data.items, this.session.events.pending);
  }

  draw() {
    const { data, events } = this.session;
    const { words } = data;
    const { current } = this;
    const waits = !current && events.pending.length > 0;
    this.wait.hidden = !waits;
    this.wait.textContent = words.wait;
    this.sides.hidden = this.query.hidden = this.ask.hidden = !current;
    this.outer.dataset.query = current?.query.id ?? "";
    this.ask.textContent = words.ask;
    for (const { choice, button, name } of this.buttons) {
      button.disabled = !current;
      name.textContent = words.choices[choice];
    }
    this.outcome.update(this.last, events.pending.length > 0, words);
    if (!current) return;
    this.picture.show({ ...current.query, tip: current.query.caption });
    this.role.textContent = words.query;
    setCaption(this.caption, current.query);
    this.left.update(words.choices.left, current.left.pictures);
    this.right.update(words.choices.right, current.right.pictures);
  }

  /** @param {Choice} choice */
  choose(choice) {
    const { current } = this;
    if (!current) return;
    this.session.asReviewer(() => {
      this.session.send({ kind: "prefer", choice, ...this.compared(current) });
      this.turns.judge(current);
      this.last = { item: current, choice };
      this.draw();
    });
  }

  undo() {
    const item = this.turns.takeBack();
    if (!item) return;
    this.session.send({ kind: "take back", ...this.compared(item) });
    this.last = { item, choice: null };
    this.draw();
  }

  /** @param {Item} item */
  compared({ query, left, right }) {
    return {
      query: query.id,
      left: left.system,
      right: right.system,
      k: this.session.data.k,
    };
  }

  /**
   * @param {string} key
   * @returns {boolean} whether it means anything
   */
  onKey(key) {
    const choice = CHOICE_OF_KEY[key];
    if (choice) this.choose(choice);
    else if (key === "u") this.undo();
    else return false;
    return true;
  }
}

export default componentOf(Comparison);
