// What a grading component keeps of the present run: data, pending events, and what can be undone.

/** @import { Component } from "../shared/component.js" */
/** @import { Graded, GradedData, RankedPair } from "./data.js" */
/** @import { GradingEvent } from "./pending_events.js" */

import { Confirmation } from "./confirmation.js";
import { remember } from "./memory.js";
import { NameQuestion } from "./name_question.js";
import { PendingEvents, gradeEvent } from "./pending_events.js";

/**
 * A grade that was `given`, and the grade and note that were there before.
 *
 * @typedef {{ pair: RankedPair, given: number, grade: number, note: string }} Step
 */

/** @template {GradedData} Data */
export class GradingSession {
  events = new PendingEvents();
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
    this.component = component;
    this.question = new NameQuestion(parent);
    this.confirmation = new Confirmation(parent, () => {
      if (this.undo()) onUndone();
    });
  }

  get data() {
    return this.component.data;
  }

  /** @param {Component<Data>} component with new data */
  update(component) {
    this.component = component;
    this.events.acknowledge(component.data.ack);
    if (!this.events.has("reviewer")) remember(component.data.memory);
    this.confirm();
  }

  /** @param {GradingEvent} event */
  send(event) {
    this.component.setStateValue("events", this.events.add(event));
  }

  /**
   * Do what is kept under the reviewer's name; ask for that first, if nobody knows it yet.
   *
   * @param {() => void} act
   */
  asReviewer(act) {
    const { question } = this.data;
    if (!question || this.events.has("reviewer")) {
      act();
      return;
    }
    this.question.ask(question, (name) => {
      remember({ ...this.data.memory, name });
      this.send({ kind: "reviewer", name });
      act();
    });
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
   * Return what others gave, once the visitor gave a grade.
   *
   * @param {string} query
   * @param {string} candidate
   */
  othersOn(query, candidate) {
    const graded = this.gradeOf(query, candidate) > 0;
    return graded ? this.judgementOf(query, candidate)?.others : undefined;
  }
}
