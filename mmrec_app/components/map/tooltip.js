// The picture and the caption of the point under the pointer.

/** @import { MapContent } from "./content.js" */
/** @import { Details } from "./data.js" */
/** @import { View } from "./view.js" */

import { make } from "../shared/elements.js";
import { absolute } from "../shared/pictures.js";
import { json } from "./layers.js";

const GAP = 14; // pixels from the pointer
const EDGE = 4; // pixels from the canvas's edge
const DELAY = 60; // milliseconds on a point before its caption is asked for
const NO_BREAK_SPACE = "\u00a0";

export class Tooltip {
  row = -1;
  timer = 0;
  /** Places it beside the pointer, within the canvas; again once its text is there. */
  place = () => {};

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.root = make("div", "tip", parent);
    this.root.hidden = true;
    this.image = make("img", "tip-picture", this.root);
    const body = make("div", "tip-body", this.root);
    this.caption = make("div", "tip-caption", body);
    this.value = make("div", "tip-value", body);
    this.more = make("div", "tip-more", body);
  }

  /**
   * @param {number} point
   * @param {number} x of the pointer
   * @param {number} y
   * @param {MapContent} content
   * @param {View} view
   */
  show(point, x, y, content, view) {
    const row = content.points.rowOf(point);
    if (row !== this.row) {
      this.row = row;
      this.image.removeAttribute("src");
      this.image.alt = "";
      this.image.src = absolute(content.data.thumbnail.replace("{row}", String(row)));
      this.caption.textContent = NO_BREAK_SPACE;
      this.caption.classList.remove("none");
      this.more.textContent = "";
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.fill(row, content), DELAY);
    }
    const value = content.valueText(point);
    this.value.textContent = value ?? "";
    this.value.hidden = !value;
    this.root.hidden = false;
    this.place = () => this.moveTo(x, y, view);
    this.place();
  }

  /**
   * @param {number} row
   * @param {MapContent} content
   */
  async fill(row, { data, clusters }) {
    try {
      /** @type {Details} */
      const details = await json(data.details.replace("{row}", String(row)));
      if (row !== this.row) return;
      const caption = details.captions[data.captions] || details.text;
      this.caption.textContent = caption || data.words.no_caption;
      this.caption.classList.toggle("none", !caption);
      this.image.alt = caption || data.words.no_caption;
      this.more.textContent = [clusters[details.cluster], details.image].join("\n");
      this.place();
    } catch {
      if (row === this.row) this.more.textContent = data.words.unreachable;
    }
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {View} view
   */
  moveTo(x, y, view) {
    const { offsetWidth: width, offsetHeight: height } = this.root;
    const left = x + GAP + width < view.width ? x + GAP : Math.max(x - GAP - width, EDGE);
    const lowest = Math.max(view.height - height - EDGE, EDGE);
    const top = Math.min(Math.max(y - height / 3, EDGE), lowest);
    this.root.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  hide() {
    clearTimeout(this.timer);
    this.root.hidden = true;
    this.row = -1;
  }
}
