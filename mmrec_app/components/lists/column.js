// One ranker's list under its name, and the tab that shows it where one list alone has room.

/** @import { Column } from "./data.js" */

import { make, makeButton, setText } from "../shared/elements.js";
import { viewsOf } from "../shared/views.js";
import { CardView } from "./card.js";

export class ColumnView {
  /** @type {CardView[]} */
  cards = [];

  /** @param {string} id the column's key */
  constructor(id) {
    this.id = id;
    this.tab = makeButton("tab");
    this.root = make("section", "column");
    this.root.dataset.key = id;
    this.head = make("header", "head", this.root);
    this.name = make("span", "name", this.head);
    this.about = make("span", "about", this.head);
    this.list = make("ol", "list", this.root);
    this.list.setAttribute("role", "list");
  }

  /**
   * @param {Column} column
   * @param {string} follow what the cards' small link does
   */
  update(column, follow) {
    this.tab.textContent = this.name.textContent = column.title;
    this.head.title = column.meaning;
    setText(this.about, column.note);
    this.list.setAttribute("aria-label", column.label);
    const ids = column.cards.map(({ id }) => id);
    this.cards = viewsOf(this.cards, ids, (index) => new CardView(this.id, ids[index]));
    for (const [index, card] of column.cards.entries()) this.cards[index].update(card, follow);
    const items = this.cards.map((card) => card.root);
    const { end } = column;
    if (end && end.after <= items.length) {
      const line = make("li", "end", undefined, end.text);
      line.title = end.tip;
      items.splice(end.after, 0, line);
    }
    this.list.replaceChildren(...items);
  }

  /** @param {boolean} active whether this list is the one with room */
  setActive(active) {
    this.root.classList.toggle("active", active);
    this.tab.setAttribute("aria-pressed", String(active));
  }

  /** @param {CardView} stop */
  setTabStop(stop) {
    for (const card of this.cards) card.setTabStop(card === stop);
  }
}
