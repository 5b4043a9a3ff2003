// The grades of one pair: 1 to 4 grade it, 0 takes the grade back, while the grades are in sight.

/** @import { Component } from "../shared/component.js" */
/** @import { GradedData, GradingWords, KeyMeaning, RankedPair } from "../grading/data.js" */

import { GradeButtons } from "../grading/grade_buttons.js";
import { fillLegend, gradeOfKey, listenToKeys } from "../grading/keys.js";
import { GradingSession } from "../grading/session.js";
import { componentOf } from "../shared/component.js";
import { make } from "../shared/elements.js";

/**
 * What it gets from Python (mmrec_app/recommend/grades.py).
 *
 * @typedef {GradedData & { pair: RankedPair, keys: KeyMeaning[], words: GradingWords & { here: string } }} GradesData
 */

class Grades {
  /**
   * @param {ShadowRoot} parent
   * @param {Component<GradesData>} component
   */
  constructor(parent, component) {
    this.outer = make("div", "outer", parent);
    this.session = new GradingSession(component, this.outer, () => this.fill());
    this.grades = new GradeButtons(this.outer);
    this.grades.root.onclick = (event) => this.onClick(event);
    this.outer.append(this.session.confirmation.root);
    this.hint = make("div", "hint", this.outer);
    this.hint.setAttribute("role", "status");
    this.legend = make("div", "legend", this.outer);
    listenToKeys(parent, (key) => this.onKey(key));
  }

  /** @param {Component<GradesData>} component */
  update(component) {
    this.session.update(component);
    fillLegend(this.legend, component.data.keys);
    this.fill();
  }

  fill() {
    const { pair, words } = this.session.data;
    const names = /** @type {const} */ ([pair.query, pair.candidate]);
    this.grades.update(this.session.gradeOf(...names), words, this.session.othersOn(...names));
    this.session.confirmation.root.hidden = !this.session.isLast(...names);
    this.hint.textContent = "";
  }

  /** @param {number} grade 0 to take it back */
  grade(grade) {
    this.session.sendGrade(this.session.data.pair, grade, () => this.fill());
  }

  /** @param {Event} event */
  onClick(event) {
    const grade = this.grades.clicked(event);
    if (grade !== null) this.grade(grade);
  }

  /**
   * @param {string} key
   * @returns {boolean} whether it means anything
   */
  onKey(key) {
    const grade = gradeOfKey(key);
    if (grade === null && key !== "u") return false;
    if (!isInSight(this.grades.root)) {
      this.outer.scrollIntoView({ block: "center" });
      this.hint.textContent = this.session.data.words.here;
    } else if (grade !== null) {
      this.grade(grade);
    } else if (this.session.undo()) {
      this.fill();
    }
    return true;
  }
}

/** @param {HTMLElement} element */
function isInSight(element) {
  const { top, bottom, width } = element.getBoundingClientRect();
  return width > 0 && top >= 0 && bottom <= innerHeight;
}

export default componentOf(Grades);
