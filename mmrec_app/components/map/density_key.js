// Below the map where points share pixels: how many do, and what a colour's strength means.

/** @import { MapWords } from "./data.js" */

import { make } from "../shared/elements.js";

const REST = 150; // milliseconds without a move before the numbers change

/**
 * What is drawn as density.
 *
 * @typedef {object} Crowd
 * @property {number} inView points in colour that the canvas shows
 * @property {number} sharing those of them that share a pixel
 * @property {number} full points at a place from which on a colour is full
 */

export class DensityKey {
  timer = 0;

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.root = make("div", "density", parent);
    this.root.hidden = true;
    this.line = make("div", "density-line", this.root);
    const scale = make("div", "density-scale", this.root);
    this.title = make("span", "density-title", scale);
    make("span", "", scale, "1");
    make("span", "density-bar", scale);
    this.most = make("span", "", scale);
  }

  /**
   * @param {Crowd | null} crowd null where all points are drawn singly
   * @param {MapWords} words
   * @param {boolean} byLevel
   * @param {(n: number) => string} format
   */
  show(crowd, words, byLevel, format) {
    clearTimeout(this.timer);
    if (!crowd) {
      this.root.hidden = true;
      return;
    }
    this.timer = setTimeout(() => {
      const said = words.sharing
        .replace("{n}", format(crowd.sharing))
        .replace("{total}", format(crowd.inView));
      this.line.textContent = byLevel ? `${said} ${words.highest}` : said;
      this.title.textContent = words.at_a_place;
      this.most.textContent = `≥ ${format(crowd.full)}`;
      this.root.hidden = false;
    }, REST);
  }
}
