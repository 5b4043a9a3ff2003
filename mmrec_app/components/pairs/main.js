// Judged pairs as cards: query beside candidate, every ranker's probability, four grades.

/** @import { Component } from "../shared/component.js" */
/** @import { PairsData } from "./data.js" */

import { GradingSession } from "../grading/session.js";
import { fillLegend, gradeOfKey, listenToKeys } from "../grading/keys.js";
import { componentOf } from "../shared/component.js";
import { closest, make } from "../shared/elements.js";
import { clampIndex } from "../shared/grid_keys.js";
import { viewsOf } from "../shared/views.js";
import { PairView, idOf } from "./pair.js";

/** @type {Record<string, number>} */
const STEPS = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };

class Pairs {
  /** @type {PairView[]} */
  pairs = [];
  page = "";
  current = -1;

  /**
   * @param {ShadowRoot} parent
   * @param {Component<PairsData>} component
   */
  constructor(parent, component) {
    const outer = make("div", "outer", parent);
    this.session = new GradingSession(component, outer, () => this.refill());
    listenToKeys(parent, (key) => this.onKey(key));
    this.legend = make("div", "legend", outer);
    this.list = make("ul", "pairs", outer);
    this.list.onclick = (event) => this.onClick(event);
  }

  /** @param {Component<PairsData>} component */
  update(component) {
    const { data } = component;
    this.session.update(component);
    fillLegend(this.legend, data.keys);
    this.list.setAttribute("aria-label", data.words.list);
    const ids = data.pairs.map(idOf);
    this.pairs = viewsOf(this.pairs, ids, (index) => new PairView(data.pairs[index]));
    this.refill();
    this.list.replaceChildren(...this.pairs.map((pair) => pair.root));
    if (this.page !== data.page) this.current = -1;
    this.page = data.page;
    this.moveTo(Math.min(this.current, this.pairs.length - 1));
  }

  refill() {
    for (const index of this.pairs.keys()) this.fill(index);
  }

  /** @param {number} index */
  fill(index) {
    this.pairs[index].update(this.session.data.pairs[index], this.session);
  }

  /** @param {number} index -1 for none */
  moveTo(index) {
    this.current = index;
    for (const [other, pair] of this.pairs.entries()) {
      pair.root.classList.toggle("here", other === index);
    }
    this.pairs[index]?.root.scrollIntoView({ block: "nearest" });
  }

  /**
   * @param {number} index
   * @param {number} grade 0 to take it back
   * @param {number} next where to go then
   */
  grade(index, grade, next) {
    const { pairs, ranker } = this.session.data;
    const { query, candidate, place } = pairs[index];
    const pair = { query: query.id, candidate: candidate.id, ranker, rank: place };
    this.session.sendGrade(pair, grade, () => {
      this.refill();
      this.moveTo(next);
    });
  }

  undo() {
    const pair = this.session.undo();
    if (!pair) return;
    const { pairs } = this.session.data;
    const index = pairs.findIndex(
      ({ query, candidate }) => query.id === pair.query && candidate.id === pair.candidate,
    );
    this.refill();
    if (index >= 0) this.moveTo(index);
  }

  /** @param {number} index of the pair whose regions and words are to be shown */
  explain(index) {
    const { query, candidate } = this.session.data.pairs[index];
    this.session.send({ kind: "explain", query: query.id, candidate: candidate.id });
  }

  /** @param {Event} event */
  onClick(event) {
    const root = closest(event, ".pair");
    const index = this.pairs.findIndex((pair) => pair.root === root);
    if (index < 0) return;
    if (closest(event, ".explain")) this.explain(index);
    const grade = this.pairs[index].grades.clicked(event);
    if (grade !== null) this.grade(index, grade, index);
  }

  /**
   * @param {string} key
   * @returns {boolean} whether it means anything
   */
  onKey(key) {
    const { current } = this;
    const last = this.pairs.length - 1;
    const grade = gradeOfKey(key);
    if (STEPS[key] !== undefined) {
      this.moveTo(clampIndex(current + STEPS[key], this.pairs.length));
    } else if (current >= 0 && grade !== null) {
      this.grade(current, grade, grade > 0 ? Math.min(current + 1, last) : current);
    } else if (key === "u") {
      this.undo();
    } else if (current >= 0 && key === "e") {
      this.explain(current);
    } else if (current >= 0 && key === "o") {
      this.pairs[current].candidate.root.click();
    } else {
      return false;
    }
    return true;
  }
}

export default componentOf(Pairs);
