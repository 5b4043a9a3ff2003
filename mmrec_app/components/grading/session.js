// What a grading component keeps of the present run: data, and pending events.

/** @import { Component } from "../shared/component.js" */
/** @import { Judgements, RankedPair } from "./data.js" */
/** @import { GradingEvent } from "./pending_events.js" */

import { PendingEvents, gradeEvent } from "./pending_events.js";

/** @typedef {{ ack: number, grades: Judgements }} GradedData */

/** @template {GradedData} Data */
export class GradingSession {
  events = new PendingEvents();

  /** @param {Component<Data>} component */
  constructor(component) {
    this.component = component;
  }

  get data() {
    return this.component.data;
  }

  /** @param {Component<Data>} component with new data */
  update(component) {
    this.component = component;
    this.events.acknowledge(component.data.ack);
  }

  /** @param {GradingEvent} event */
  send(event) {
    this.component.setStateValue("events", this.events.add(event));
  }

  /**
   * @param {RankedPair} pair
   * @param {number} grade 0 to take it back
   */
  sendGrade(pair, grade) {
    const event = gradeEvent(pair, grade, this.gradeOf(pair.query, pair.candidate));
    if (event) this.send(event);
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
}
