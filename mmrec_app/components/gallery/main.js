// A grid of pictures.

/** @import { Component } from "../shared/component.js" */
/** @import { GalleryData } from "./data.js" */

import { componentOf } from "../shared/component.js";
import { closest, make } from "../shared/elements.js";
import { columnCount, nextIndex } from "../shared/grid_keys.js";
import { preload } from "../shared/pictures.js";
import { viewsOf } from "../shared/views.js";
import { CardView } from "./card.js";
import { toggled } from "./range.js";

const RESPONSE_TIME = 600; // milliseconds that a click shows on its card

class Gallery {
  /** @type {CardView[]} */
  cards = [];
  /** @type {string[]} */
  chosen = [];
  /** @type {string | null} */
  lastToggled = null;

  /**
   * @param {ShadowRoot} parent
   * @param {Component<GalleryData>} component
   */
  constructor(parent, component) {
    this.parent = parent;
    this.component = component;
    this.grid = make("div", "grid", parent);
    this.grid.setAttribute("role", "list");
    this.grid.onclick = (event) => this.onClick(event);
    this.grid.onkeydown = (event) => this.onKey(event);
  }

  /** @param {Component<GalleryData>} component */
  update(component) {
    const { data } = component;
    this.component = component;
    const turned = ![null, data.label].includes(this.grid.getAttribute("aria-label"));
    this.grid.setAttribute("aria-label", data.label);
    this.grid.style.setProperty("--card", data.width);
    this.grid.style.setProperty("--most", String(data.columns));
    this.fill(data);
    this.setChosen(data.chosen);
    if (turned && this.grid.getBoundingClientRect().top < 0) this.grid.scrollIntoView();
    const idle = window.requestIdleCallback ?? setTimeout;
    if (data.preload.length) idle(() => preload(data.preload));
  }

  /** @param {GalleryData} data */
  fill(data) {
    const active = this.parent.activeElement;
    const focused = this.cards.find((card) => card.root.contains(active))?.id;
    const ids = data.cards.map(({ id }) => id);
    this.cards = viewsOf(this.cards, ids, (index) => new CardView(ids[index]));
    for (const [index, card] of data.cards.entries()) this.cards[index].update(card, data);
    this.grid.replaceChildren(...this.cards.map((card) => card.root));
    this.setTabStop(this.cards.find((card) => card.id === focused) ?? this.cards[0]);
    if (focused !== undefined) this.cards.find((card) => card.id === focused)?.pick.focus();
  }

  /** @param {CardView | undefined} stop */
  setTabStop(stop) {
    for (const card of this.cards) card.setTabStop(card === stop);
  }

  /** @param {string[]} ids */
  setChosen(ids) {
    this.chosen = ids;
    this.grid.classList.toggle("choosing", ids.length > 0);
    const chosen = new Set(ids);
    for (const card of this.cards) card.setChosen(chosen.has(card.id));
  }

  /**
   * @param {CardView} card
   * @param {boolean} range from the last that was ticked or unticked
   */
  toggle(card, range) {
    const ids = this.cards.map(({ id }) => id);
    this.setChosen(toggled(this.chosen, ids, card.id, range ? this.lastToggled : null));
    this.lastToggled = card.id;
    this.component.setStateValue("chosen", this.chosen);
  }

  /** @param {CardView} card whose link is followed */
  showResponse(card) {
    this.setTabStop(card);
    card.root.classList.add("going");
    setTimeout(() => card.root.classList.remove("going"), RESPONSE_TIME);
  }

  /** @param {Event} event */
  cardAt(event) {
    const root = closest(event, ".card");
    return this.cards.find((card) => card.root === root);
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const card = this.cardAt(event);
    if (!card) return;
    if (closest(event, ".choose") || (this.component.data.choose && event.shiftKey)) {
      event.preventDefault();
      this.toggle(card, event.shiftKey);
    } else if (closest(event, ".follow")) {
      this.component.setTriggerValue("followed", card.id);
    } else {
      this.showResponse(card);
    }
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const index = this.cards.findIndex((card) => card.pick === event.target);
    if (index < 0) return;
    if (this.component.data.choose && event.key === "x") {
      this.toggle(this.cards[index], false);
      return;
    }
    if (event.key === " ") {
      event.preventDefault();
      this.cards[index].pick.click();
      return;
    }
    const next = nextIndex(event.key, index, this.cards.length, columnCount(this.grid));
    if (next === undefined) return;
    event.preventDefault();
    this.setTabStop(this.cards[next]);
    this.cards[next].pick.focus();
  }
}

export default componentOf(Gallery);
