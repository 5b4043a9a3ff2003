// Cards of clusters: a mosaic that is a link, and links to the clusters nearby.

/** @import { Component } from "../shared/component.js" */
/** @import { ClusterMark } from "../shared/elements.js" */
/** @import { ClusterCard, ClusterCardsData, ClusterLink } from "./data.js" */

import { componentOf } from "../shared/component.js";
import { make, percentage, setClusterMark } from "../shared/elements.js";
import { columnCount, nextIndex, setTabStop } from "../shared/grid_keys.js";
import { absolute, setSource } from "../shared/pictures.js";

class ClusterCards {
  /** @type {HTMLAnchorElement[]} */
  links = [];
  /** The cards that are drawn, as JSON. */
  drawn = "";

  /** @param {ShadowRoot} parent */
  constructor(parent) {
    this.grid = make("div", "grid", parent);
    this.grid.setAttribute("role", "list");
    this.grid.onkeydown = (event) => this.onKey(event);
  }

  /** @param {Component<ClusterCardsData>} component */
  update({ data }) {
    this.grid.setAttribute("aria-label", data.label);
    this.grid.classList.toggle("small", data.small);
    const cards = JSON.stringify(data.cards);
    if (cards !== this.drawn) {
      this.drawn = cards;
      this.grid.replaceChildren();
      this.links = data.cards.map((card) => createCard(card, this.grid));
    }
    setTabStop(this.links, this.links[0]);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const index = this.links.findIndex((link) => link === event.target);
    if (index < 0) return;
    const next = nextIndex(event.key, index, this.links.length, columnCount(this.grid));
    if (next === undefined) return;
    event.preventDefault();
    setTabStop(this.links, this.links[next]);
    this.links[next].focus();
  }
}

/**
 * Append a card; return its main link.
 *
 * @param {ClusterCard} card
 * @param {HTMLElement} parent
 */
function createCard(card, parent) {
  const item = make("div", "card", parent);
  item.setAttribute("role", "listitem");
  const pick = createLink("pick", card, item);
  createMosaic(card.pictures, pick);
  const name = make("span", "name", pick);
  createMark(card, name);
  make("span", "spoken", name, card.kind);
  make("span", "text", name, card.name);
  if (card.words) make("span", "words", pick, card.words);
  if (card.note) make("span", "note", pick, card.note);
  if (card.category) {
    const bar = make("span", "bar", pick);
    make("span", "fill", bar).style.width = percentage(card.share ?? 0);
    make("span", "category", pick, card.category);
  }
  for (const [left, right] of card.figures ?? []) {
    const line = make("span", "figures", pick);
    make("span", "", line, left);
    make("span", "quiet", line, right);
  }
  if (card.near?.length) {
    const near = make("div", "near", item);
    make("span", "quiet", near, card.near_label);
    for (const other of card.near) {
      const link = createLink("neighbour", other, near);
      createMark(other, link);
      make("span", "text", link, other.name);
    }
  }
  return pick;
}

/**
 * @param {string} className
 * @param {ClusterLink} cluster
 * @param {HTMLElement} parent
 */
function createLink(className, cluster, parent) {
  const link = make("a", className, parent);
  link.href = absolute(cluster.href);
  link.title = cluster.title;
  return link;
}

/**
 * @param {ClusterMark} cluster
 * @param {HTMLElement} parent
 */
function createMark(cluster, parent) {
  const mark = make("span", "mark", parent);
  setClusterMark(mark, cluster);
}

/**
 * @param {string[]} pictures addresses; the card's words say what is on them
 * @param {HTMLElement} parent
 */
function createMosaic(pictures, parent) {
  const frame = make("span", "mosaic", parent);
  frame.dataset.count = String(pictures.length);
  for (const source of pictures) {
    const image = make("img", "", make("span", "cell", frame));
    image.loading = "lazy";
    image.decoding = "async";
    image.alt = "";
    image.addEventListener("error", () => image.remove());
    setSource(image, source);
  }
}

export default componentOf(ClusterCards);
