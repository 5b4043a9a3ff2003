// What a grading component keeps of the present run: data, pending events, and what can be undone.

/** @import { Component } from "../shared/component.js" */
/** @import { Graded, GradedData, RankedPair } from "./data.js" */

import { Confirmation } from "./confirmation.js";
import { gradeEvent } from "./pending_events.js";
import { ReviewSession } from "./review_session.js";

/**
 * A grade that was `given`, and the grade and note that were there before.
 *
 * @typedef {{ pair: RankedPair, given: number, grade: number, note: string }} Step
 */

/**
 * @template {GradedData} Data
 * @extends {ReviewSession<Data>}
 */
export class GradingSession extends ReviewSession {
  /** @type {Step[]} */
  before = [];
  /** @type {Graded | null} */
  last = null;

  /**
   * @param {Component<Data>} component
   * @param {HTMLElement} parent of what it draws
   * @param {() => void} onUndone
   */
  constructor(component, parent, onUndone) {
    super(component, parent);
    this.confirmation = new Confirmation(parent, () => {
      if (this.undo()) onUndone();
    });
  }

  /**
   * @override
   * @param {Component<Data>} component with new data
   */
  update(component) {
    super.update(component);
    this.confirm();
  }

  /**
   * @param {RankedPair} pair
   * @param {number} grade 0 to take it back
   * @param {() => void} onGraded called once it is given
   */
  sendGrade(pair, grade, onGraded) {
    const present = this.gradeOf(pair.query, pair.candidate);
    const event = gradeEvent(pair, grade, present);
    if (!event) return;
    this.asReviewer(() => {
      const note = this.judgementOf(pair.query, pair.candidate)?.note ?? "";
      this.before.push({ pair, grade: present, note, given: grade });
      this.send(event);
      this.last = { pair, grade, undone: false };
      this.confirm();
      onGraded();
    });
  }

  /**
   * Take the last grade back, or what was taken back last; again, the one before.
   *
   * @returns {RankedPair | null} whose grade it was
   */
  undo() {
    const earlier = this.before.pop();
    if (!earlier) return null;
    const { pair, grade, note, given } = earlier;
    const event = gradeEvent(pair, grade, given);
    if (event) this.send(event);
    if (grade > 0 && note) {
      this.send({ kind: "note", query: pair.query, candidate: pair.candidate, note });
    }
    this.last = { pair, grade, undone: true };
    this.confirm();
    return pair;
  }

  /** Say no more of what was graded last; it can still be undone. */
  forgetLast() {
    this.last = null;
    this.confirmation.root.remove();
  }

  confirm() {
    this.confirmation.update(this.last, this.events.pending.length > 0, this.data.words);
  }

  /**
   * @param {string} query
   * @param {string} candidate
   */
  isLast(query, candidate) {
    return this.last?.pair.query === query && this.last.pair.candidate === candidate;
  }

  /**
   * @param {string} query
   * @param {string} candidate
   */
  gradeOf(query, candidate) {
    return this.events.gradeOf(this.data.grades, query, candidate);
  }

  /**
   * @param {string} query
   * @param {string} candidate
   */
  judgementOf(query, candidate) {
    return this.data.grades[query]?.[candidate];
  }

  /**
   * Return what others gave, once the visitor gave a grade or if they may give none.
   *
   * @param {string} query
   * @param {string} candidate
   */
  othersOn(query, candidate) {
    const shown = this.data.closed || this.gradeOf(query, candidate) > 0;
    return shown ? this.judgementOf(query, candidate)?.others : undefined;
  }
}
