// Says what a run has changed. It draws nothing.

/** @import { Component } from "../shared/component.js" */

import { announce } from "../shared/announce.js";
import { componentOf } from "../shared/component.js";

/** The lines of the last run, this page's or the one before. @type {string[]} */
let said = [];

class Announcement {
  /** @param {Component<{ lines: string[] }>} component */
  update({ data: { lines } }) {
    const before = said;
    said = lines;
    for (const line of lines) if (!before.includes(line)) announce(line);
  }
}

export default componentOf(Announcement);
