// Lets the browser remember who reviews. It draws nothing.

/** @import { Component } from "../shared/component.js" */
/** @import { Memory } from "../grading/data.js" */

import { componentOf } from "../shared/component.js";
import { remember } from "../grading/memory.js";

class Reviewer {
  /** @param {Component<{ memory: Memory }>} component */
  update({ data }) {
    remember(data.memory);
  }
}

export default componentOf(Reviewer);
