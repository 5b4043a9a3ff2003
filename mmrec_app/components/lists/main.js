// Ranked lists of pictures, one a ranker, side by side.

/** @import { Component } from "../shared/component.js" */
/** @import { CardView } from "./card.js" */
/** @import { Absent, ListsData, Place } from "./data.js" */

import { componentOf } from "../shared/component.js";
import { closest, make } from "../shared/elements.js";
import { columnCount } from "../shared/grid_keys.js";
import { viewsOf } from "../shared/views.js";
import { ColumnView } from "./column.js";
import { Joins } from "./joins.js";
import { nextPosition } from "./moves.js";

const NARROW = "(max-width: 640px)";

class Lists {
  /** @type {ColumnView[]} */
  columns = [];
  /** @type {string | undefined} */
  active;
  /** @type {Place | null} */
  selected = null;

  /**
   * @param {ShadowRoot} parent
   * @param {Component<ListsData>} component
   */
  constructor(parent, component) {
    this.parent = parent;
    this.component = component;
    const outer = make("div", "outer", parent);
    this.tabs = make("div", "tabs", outer);
    this.tabs.setAttribute("role", "group");
    this.root = make("div", "lists", outer);
    this.joins = new Joins(this.root);
    this.root.onclick = (event) => this.onClick(event);
    this.root.onkeydown = (event) => this.onKey(event);
    this.root.onmousedown = (event) => {
      if (event.shiftKey) event.preventDefault(); // selects no text
    };
    this.root.onpointerover = (event) => this.highlight(this.cardAt(event)?.id);
    this.root.onpointerleave = () => this.highlight(undefined);
  }

  /** @param {Component<ListsData>} component */
  update(component) {
    const { data } = component;
    this.component = component;
    this.selected = data.selected;
    const focused = this.cards.find((card) => card.root.contains(this.parent.activeElement));
    const keys = data.columns.map(({ key }) => key);
    this.columns = viewsOf(this.columns, keys, (index) => new ColumnView(keys[index]));
    for (const [index, view] of this.columns.entries()) {
      view.update(data.columns[index], data.words.follow);
      view.tab.onclick = () => this.activate(view.id);
    }
    const [before, after] = [true, false].map((first) =>
      data.absent.filter((one) => one.first === first).map(absentSection),
    );
    this.root.classList.toggle("single", this.columns.length === 1);
    const widths = [before.map(() => 0.5), keys.map(() => 1), after.map(() => 0.5)].flat();
    const template = widths.map((width) => `minmax(0, ${width}fr)`).join(" ");
    this.root.style.setProperty("--template", template);
    this.root.replaceChildren(...before, ...this.columns.map((column) => column.root), ...after);
    this.root.classList.toggle("joined", data.joined);
    this.joins.update(data.joined ? this.columns : []);
    this.tabs.hidden = this.columns.length < 2;
    this.tabs.setAttribute("aria-label", data.words.lists);
    this.tabs.replaceChildren(...this.columns.map((column) => column.tab));
    const present = this.active !== undefined && keys.includes(this.active);
    this.activate(present ? this.active : (data.selected?.list ?? keys[0]));
    this.mark(data.selected, data.against);
    this.keepFocus(focused, data.selected);
  }

  /**
   * @param {CardView | undefined} focused before the update
   * @param {Place | null} selected
   */
  keepFocus(focused, selected) {
    for (const { id, cards } of this.columns) {
      const stop = selected?.list === id ? this.find(selected) : undefined;
      if (cards.length) this.setTabStop(stop ?? cards[0]);
    }
    const refocused = focused && this.find(focused);
    if (!refocused) return;
    this.setTabStop(refocused);
    refocused.pick.focus({ preventScroll: true });
  }

  get cards() {
    return this.columns.flatMap((column) => column.cards);
  }

  /** @param {Place} place */
  find({ list, id }) {
    return this.cards.find((card) => card.list === list && card.id === id);
  }

  /** @param {Event} event */
  cardAt(event) {
    const root = closest(event, ".card");
    return this.cards.find((card) => card.root === root);
  }

  /** @param {string | undefined} key */
  activate(key) {
    this.active = key;
    for (const column of this.columns) column.setActive(column.id === key);
  }

  /** @param {CardView} stop */
  setTabStop(stop) {
    this.columns.find((column) => column.id === stop.list)?.setTabStop(stop);
  }

  /**
   * Mark the selected result, in all lists, and the one that it is compared with.
   *
   * @param {Place | null} selected
   * @param {string | null} against
   */
  mark(selected, against) {
    for (const { list, id, root, pick } of this.cards) {
      const inList = list === selected?.list;
      const same = id === selected?.id;
      if (inList && same) pick.setAttribute("aria-current", "true");
      else pick.removeAttribute("aria-current");
      root.classList.toggle("same", same && !inList);
      root.classList.toggle("against", inList && id === against);
    }
  }

  /**
   * Show where a picture stands in all lists.
   *
   * @param {string | undefined} id
   */
  highlight(id) {
    for (const card of this.cards) card.root.classList.toggle("twin", card.id === id);
    this.joins.highlight(id);
  }

  /**
   * @param {CardView} card
   * @param {boolean} compare with the selected one, if that is in the same list
   */
  pick({ list, id }, compare) {
    const place = { list, id };
    const { selected } = this;
    if (compare && selected?.list === list && selected.id !== id) {
      this.mark(selected, id);
      this.component.setTriggerValue("against", place);
      return;
    }
    this.selected = place;
    this.mark(place, null);
    this.component.setTriggerValue("picked", place);
    if (matchMedia(NARROW).matches) {
      const reasons = document.querySelector(this.component.data.reasons);
      reasons?.scrollIntoView({ behavior: "smooth" });
    }
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const card = this.cardAt(event);
    if (!card) return;
    if (event.ctrlKey || event.metaKey || closest(event, ".follow")) return;
    event.preventDefault();
    this.setTabStop(card);
    this.pick(card, event.shiftKey);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const card = this.cards.find(({ pick }) => pick === event.target);
    if (!card) return;
    if (event.key === " " || (event.key === "Enter" && event.shiftKey)) {
      event.preventDefault();
      this.pick(card, event.shiftKey);
      return;
    }
    const column = this.columns.findIndex(({ id }) => id === card.list);
    const { cards, list } = this.columns[column];
    const lengths = this.columns.map((one) => one.cards.length);
    const from = { column, row: cards.indexOf(card) };
    const next = nextPosition(event.key, from, lengths, columnCount(list));
    if (!next) return;
    event.preventDefault();
    const target = this.columns[next.column].cards[next.row];
    if (target.list !== card.list) this.activate(target.list);
    this.setTabStop(target);
    target.pick.focus();
  }
}

/** @param {Absent} absent */
function absentSection({ title, text }) {
  const section = make("section", "absent");
  make("header", "head", section, title);
  make("p", "why", section, text);
  return section;
}

export default componentOf(Lists);
