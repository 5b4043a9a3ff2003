// A note, and a button that sends it and saves the page that comes back. Both go in one message:
// a note sent on its own could reach the server after the request to save.

/** @import { Component } from "../shared/component.js" */

import { componentOf } from "../shared/component.js";
import { make } from "../shared/elements.js";

const REVOKE_AFTER = 60_000; // milliseconds in which the browser has read the file

/**
 * What it gets from Python (mmrec_app/recommend/finding_button.py).
 *
 * @typedef {object} FindingData
 * @property {string} label
 * @property {string} placeholder
 * @property {string} save
 * @property {string} hint
 * @property {number} max_length of the note
 * @property {string} subject what the note is about; another one clears it
 * @property {string | null} ticket of the request that is answered
 * @property {string} name of the file
 * @property {string | null} html the file's content, in answer to a request
 */

class Finding {
  subject = "";
  /** @type {string | null} */
  ticket = null;

  /** @param {ShadowRoot} parent */
  constructor(parent) {
    this.form = make("form", "finding", parent);
    const label = make("label", "", this.form);
    this.label = make("span", "label", label);
    this.note = make("textarea", "note", label);
    this.note.rows = 4;
    this.save = make("button", "save", this.form);
    this.save.type = "submit";
    this.hint = make("p", "hint", this.form);
  }

  /** @param {Component<FindingData>} component */
  update({ data, setTriggerValue }) {
    this.label.textContent = data.label;
    this.save.textContent = data.save;
    this.hint.textContent = data.hint;
    this.note.placeholder = data.placeholder;
    this.note.maxLength = data.max_length;
    if (this.subject !== data.subject) this.note.value = "";
    this.subject = data.subject;
    this.form.onsubmit = (event) => {
      event.preventDefault();
      this.ticket = String(Date.now());
      this.save.disabled = true;
      setTriggerValue("request", { note: this.note.value, ticket: this.ticket });
    };
    if (data.html !== null && data.ticket === this.ticket) {
      this.ticket = null;
      this.save.disabled = false;
      download(data.name, data.html);
    }
  }
}

/**
 * @param {string} name
 * @param {string} html
 */
function download(name, html) {
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([html], { type: "text/html" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_AFTER);
}

export default componentOf(Finding);
