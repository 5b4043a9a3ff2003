// The query, or a result: its picture under its heat, and its caption word by word.

/** @import { ItemData, RegionsWords } from "./data.js" */

import { make } from "../shared/elements.js";
import { setSource } from "../shared/pictures.js";
import {
  cellAt,
  cellBeside,
  extremes,
  isOnPicture,
  partsOf,
  percent,
  pixels,
  placeOf,
  signed,
} from "./heat.js";

/**
 * What a person points at: a part of this item, or nothing any more; `pin` keeps it.
 *
 * @typedef {(part: number | null, pin: boolean) => void} Pointed
 */

export class ItemView {
  /**
   * @param {ParentNode} parent
   * @param {Pointed} pointed
   */
  constructor(parent, pointed) {
    this.pointed = pointed;
    this.figure = make("figure", "item", parent);
    this.title = make("div", "title", this.figure);
    this.box = make("div", "box", this.figure);
    this.frame = make("div", "frame", this.box);
    this.frame.setAttribute("role", "application");
    this.image = make("img", "picture", this.frame);
    this.heat = make("canvas", "heat", this.frame);
    this.outline = make("div", "cell", this.frame);
    this.caption = make("figcaption", "caption", this.figure);
    this.image.addEventListener("load", () => this.fit());
    this.frame.addEventListener("pointermove", (event) => this.onMove(event));
    this.frame.addEventListener("pointerleave", () => this.pointed(null, false));
    this.frame.addEventListener("click", (event) => this.pointed(this.cellUnder(event), true));
    this.frame.addEventListener("keydown", (event) => this.onPictureKey(event));
    this.caption.addEventListener("keydown", (event) => this.onWordKey(event));
  }

  /**
   * @param {ItemData} item
   * @param {RegionsWords} words
   */
  show(item, words) {
    this.item = item;
    this.title.textContent = item.title;
    this.box.hidden = !item.src;
    if (item.src) setSource(this.image, item.src);
    this.image.alt = item.alt;
    this.frame.tabIndex = item.grid ? 0 : -1;
    this.frame.ariaLabel = `${item.title}. ${words.picture_keys}`;
    if (item.grid) {
      const { left, top, width, height, rows, columns } = item.grid;
      Object.assign(this.heat, { width: columns, height: rows });
      Object.assign(this.heat.style, {
        left: percent(left),
        top: percent(top),
        width: percent(width),
        height: percent(height),
      });
    }
    this.heat.hidden = !item.grid;
    this.fillCaption(item);
    this.fit();
  }

  /** @param {ItemData} item */
  fillCaption({ text, words, words_label }) {
    const letters = Array.from(text); // code points, as Python counts them
    const first = partsOf(/** @type {ItemData} */ (this.item)).cells + 1;
    this.caption.replaceChildren();
    this.caption.ariaLabel = words_label;
    this.caption.setAttribute("role", "group");
    let at = 0;
    this.words = words.map(([start, end], place) => {
      this.caption.append(letters.slice(at, start).join(""));
      at = end;
      const word = make("button", "word", this.caption, letters.slice(start, end).join(""));
      word.type = "button";
      word.tabIndex = place ? -1 : 0;
      word.addEventListener("pointerenter", () => this.pointed(first + place, false));
      word.addEventListener("pointerleave", () => this.pointed(null, false));
      word.addEventListener("focus", () => this.pointed(first + place, false));
      word.addEventListener("blur", () => this.pointed(null, false));
      word.addEventListener("click", () => this.pointed(first + place, true));
      return word;
    });
    this.caption.append(letters.slice(at).join(""));
  }

  /** Give the frame the picture's own shape, since cells are measured in it. */
  fit() {
    const { naturalWidth: width, naturalHeight: height } = this.image;
    if (!width || !height) return;
    this.frame.style.aspectRatio = `${width} / ${height}`;
    this.frame.style.width = percent(Math.min(1, width / height));
  }

  /**
   * Show what the parts add, each kind of part on a scale of its own.
   *
   * @param {Float64Array} adds
   * @param {{ cells: number, words: number }} scale the ends of the scales
   * @param {number | null} pointed the part that is pointed at here
   * @param {boolean} lit whether this answers to a part of another item
   */
  paint(adds, scale, pointed, lit) {
    const item = /** @type {ItemData} */ (this.item);
    const { cells } = partsOf(item);
    this.figure.classList.toggle("lit", lit);
    if (item.grid) {
      const context = /** @type {CanvasRenderingContext2D} */ (this.heat.getContext("2d"));
      const colours = pixels(adds.subarray(0, cells), scale.cells);
      context.putImageData(new ImageData(colours, item.grid.columns, item.grid.rows), 0, 0);
      const cell =
        pointed !== null && pointed < cells ? pointed : lit ? this.strongest(adds) : null;
      this.outline.hidden = cell === null;
      if (cell !== null) Object.assign(this.outline.style, placeOf(item.grid, cell));
    } else {
      this.outline.hidden = true;
    }
    this.words?.forEach((word, place) => {
      const value = adds[cells + 1 + place];
      const share = scale.words > 0 ? Math.min(Math.abs(value) / scale.words, 1) : 0;
      word.style.setProperty("--share", String(share));
      word.classList.toggle("lowers", value < 0);
      word.classList.toggle("nothing", share === 0);
      word.classList.toggle("pointed", pointed === cells + 1 + place);
      word.title = signed(value);
    });
  }

  /** @param {Float64Array} adds */
  strongest(adds) {
    const item = /** @type {ItemData} */ (this.item);
    const { cells } = partsOf(item);
    if (!item.grid || extremes(adds, item).cells === 0) return null;
    let best = -1;
    for (let cell = 0; cell < cells; cell++) {
      if (isOnPicture(item.grid, cell) && (best < 0 || adds[cell] > adds[best])) best = cell;
    }
    return best < 0 ? null : best;
  }

  /** @param {number} part */
  wordOf(part) {
    const item = /** @type {ItemData} */ (this.item);
    return this.words?.[part - partsOf(item).cells - 1]?.textContent ?? null;
  }

  /** @param {MouseEvent} event */
  cellUnder(event) {
    if (!this.item?.grid) return null;
    const { left, top, width, height } = this.frame.getBoundingClientRect();
    return cellAt(this.item.grid, (event.clientX - left) / width, (event.clientY - top) / height);
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    if (event.pointerType !== "touch") this.pointed(this.cellUnder(event), false);
  }

  /** @param {KeyboardEvent} event */
  onPictureKey(event) {
    const grid = this.item?.grid;
    if (!grid) return;
    if (event.key === "Escape") {
      this.at = undefined;
      this.pointed(null, true);
    } else if (event.key.startsWith("Arrow")) {
      const middle = Math.floor(grid.rows / 2) * grid.columns + Math.floor(grid.columns / 2);
      this.at = this.at === undefined ? middle : cellBeside(grid, this.at, event.key);
      this.pointed(this.at, false);
    } else if (event.key === "Enter" && this.at !== undefined) {
      this.pointed(this.at, true);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {KeyboardEvent} event */
  onWordKey(event) {
    const steps = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
    const step = steps[/** @type {keyof steps} */ (event.key)];
    const here = this.words?.findIndex((word) => word === event.target) ?? -1;
    if (event.key === "Escape") this.pointed(null, true);
    else if (!step || here < 0) return;
    const next = this.words?.[here + (step ?? 0)];
    if (next && step) {
      for (const word of this.words ?? []) word.tabIndex = word === next ? 0 : -1;
      next.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
