// One ranker's first candidates, and the tab that shows them where one column alone has room.

/** @import { GradingSession } from "../grading/session.js" */
/** @import { Column, QueueData } from "./data.js" */

import { make, makeButton } from "../shared/elements.js";
import { viewsOf } from "../shared/views.js";
import { CandidateView } from "./candidate.js";

export class ColumnView {
  /** @type {CandidateView[]} */
  candidates = [];

  constructor() {
    this.tab = makeButton("tab");
    this.root = make("section", "column");
    this.head = make("h2", "head", this.root);
    this.list = make("ol", "list", this.root);
  }

  /**
   * @param {Column} column
   * @param {GradingSession<QueueData>} session
   * @param {boolean} named whether the ranker's name shows
   */
  update(column, session, named) {
    const name = named ? column.name : column.letter;
    this.tab.textContent = this.head.textContent = name;
    this.root.setAttribute("aria-label", name);
    this.head.title = named ? column.about : "";
    const ids = column.cards.map(({ id }) => id);
    this.candidates = viewsOf(this.candidates, ids, (index) => new CandidateView(ids[index]));
    for (const [row, candidate] of column.cards.entries()) {
      this.candidates[row].update(candidate, session);
    }
    this.list.replaceChildren(...this.candidates.map((candidate) => candidate.root));
  }

  /** @param {boolean} active whether the chosen candidate is in this column */
  setActive(active) {
    this.root.classList.toggle("active", active);
    this.tab.setAttribute("aria-pressed", String(active));
  }
}
