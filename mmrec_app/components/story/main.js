// A finding of a story, as the presenter draws it: HTML that Python escaped.

/** @import { Component } from "../shared/component.js" */

import { componentOf } from "../shared/component.js";
import { make } from "../shared/elements.js";

/**
 * What it gets from Python (mmrec_app/stories/reader.py).
 *
 * @typedef {object} StoryData
 * @property {string} html
 * @property {string} style
 */

class StoryFinding {
  shown = "";

  /** @param {ShadowRoot} parent */
  constructor(parent) {
    this.style = make("style", "", parent);
    this.place = make("div", "place", parent);
  }

  /** @param {Component<StoryData>} component */
  update({ data }) {
    if (data.html === this.shown) return;
    this.shown = data.html;
    this.style.textContent = data.style;
    this.place.innerHTML = data.html;
  }
}

export default componentOf(StoryFinding);
