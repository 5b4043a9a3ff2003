// Lets the browser remember who reviews. It draws nothing.

/** @import { Component } from "../shared/component.js" */

import { componentOf } from "../shared/component.js";
import { remember } from "../grading/memory.js";

class Reviewer {
  /** @param {Component<{ remembered: string }>} component */
  update({ data }) {
    remember(data.remembered);
  }
}

export default componentOf(Reviewer);
