// The four grades of a pair as buttons, and what other reviewers gave.

/** @import { GradingWords } from "./data.js" */

import { make, makeButton } from "../shared/elements.js";

const GRADES = [1, 2, 3, 4];

export class GradeButtons {
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.root = make("div", "grades", parent);
    this.root.setAttribute("role", "group");
    this.buttons = GRADES.map((grade) => makeButton(`grade g${grade}`, this.root, String(grade)));
    this.others = make("span", "others", this.root);
    this.grade = 0;
  }

  /**
   * @param {number} grade 0 for none
   * @param {GradingWords} words
   * @param {string} [others] the other reviewers' grades
   */
  update(grade, words, others = "") {
    this.grade = grade;
    this.root.setAttribute("aria-label", words.grade);
    for (const [index, button] of this.buttons.entries()) {
      const name = words.grades[index];
      button.setAttribute("aria-label", `${GRADES[index]}: ${name}`);
      button.title = name;
      button.setAttribute("aria-pressed", String(GRADES[index] === grade));
    }
    this.others.textContent = this.others.title = others;
  }

  /**
   * Return the grade that a click gives, 0 if it takes the present one back; null beside buttons.
   *
   * @param {Event} event
   */
  clicked(event) {
    const index = this.buttons.findIndex((button) => button === event.target);
    if (index < 0) return null;
    return GRADES[index] === this.grade ? 0 : GRADES[index];
  }
}
