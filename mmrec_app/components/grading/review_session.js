// What a reviewer does in a component: events for the server, under a name that is asked for once.

/** @import { Component } from "../shared/component.js" */
/** @import { ReviewData } from "./data.js" */
/** @import { GradingEvent } from "./pending_events.js" */

import { remember } from "./memory.js";
import { NameQuestion } from "./name_question.js";
import { PendingEvents } from "./pending_events.js";

/** @template {ReviewData} Data */
export class ReviewSession {
  events = new PendingEvents();

  /**
   * @param {Component<Data>} component
   * @param {HTMLElement} parent of what it draws
   */
  constructor(component, parent) {
    this.component = component;
    this.parent = parent;
    this.question = new NameQuestion(parent);
  }

  get data() {
    return this.component.data;
  }

  /** @param {Component<Data>} component with new data */
  update(component) {
    this.component = component;
    this.events.acknowledge(component.data.ack);
    this.parent.classList.toggle("closed", component.data.closed);
    if (component.data.closed) return;
    if (!this.events.has("reviewer")) remember(component.data.memory);
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
    const { closed, question } = this.data;
    if (closed) return;
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
}
