// A picture on which a person draws a rectangle, and chooses what the query does with it.

/** @import { Component } from "../shared/component.js" */
/** @import { Box, Point } from "./box.js" */

import { componentOf } from "../shared/component.js";
import { make, makeButton } from "../shared/elements.js";
import { setSource } from "../shared/pictures.js";
import { MIDDLE, between, isLarge, moved, resized } from "./box.js";

/**
 * What it gets from Python (mmrec_app/recommend/each_region.py).
 *
 * @typedef {object} RegionData
 * @property {string} src
 * @property {string} alt
 * @property {Box | null} box
 * @property {string | null} use
 * @property {{ use: string, name: string }[]} uses
 * @property {Record<"clear" | "draw" | "keys" | "place" | "small", string>} words
 */

const STEP = 0.025;
/** @type {Record<string, Point>} */
const STEPS = {
  ArrowLeft: { x: -STEP, y: 0 },
  ArrowRight: { x: STEP, y: 0 },
  ArrowUp: { x: 0, y: -STEP },
  ArrowDown: { x: 0, y: STEP },
};

class RegionPicker {
  /** @type {Box | null} */
  box = null;
  /** @type {Point | null} where a stroke began */
  start = null;

  /**
   * @param {ShadowRoot} parent
   * @param {Component<RegionData>} component
   */
  constructor(parent, component) {
    this.component = component;
    const outer = make("div", "outer", parent);
    this.frame = make("div", "frame", outer);
    this.frame.setAttribute("role", "application");
    this.frame.tabIndex = 0;
    this.image = make("img", "picture", this.frame);
    this.image.draggable = false;
    this.outline = make("div", "box", this.frame);
    const side = make("div", "side", outer);
    this.readout = make("p", "readout", side);
    this.readout.setAttribute("role", "status");
    this.buttons = make("div", "buttons", side);
    this.keys = make("p", "keys", side);
    this.frame.addEventListener("pointerdown", (event) => this.onDown(event));
    this.frame.addEventListener("pointermove", (event) => this.onMove(event));
    this.frame.addEventListener("pointerup", (event) => this.onUp(event));
    this.frame.addEventListener("pointercancel", () => this.reset());
    this.frame.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** @param {Component<RegionData>} component */
  update(component) {
    this.component = component;
    const { data } = component;
    setSource(this.image, data.src);
    this.image.alt = data.alt;
    this.frame.ariaLabel = `${data.words.draw} ${data.words.keys}`;
    this.keys.textContent = data.words.keys;
    const names = data.uses.map(({ name }) => name);
    if (this.buttons.childElementCount !== names.length + 1) this.makeButtons(data);
    [...this.buttons.children].forEach((button, place) => {
      button.textContent = names[place] ?? data.words.clear;
      const use = data.uses[place]?.use;
      if (use) button.ariaPressed = String(use === data.use);
    });
    if (!this.start) this.reset();
  }

  /** @param {RegionData} data */
  makeButtons(data) {
    this.buttons.replaceChildren();
    for (const { use } of data.uses) {
      const button = makeButton("", this.buttons);
      button.addEventListener("click", () => this.choose(this.box ?? MIDDLE, use));
    }
    makeButton("", this.buttons).addEventListener("click", () => this.choose(null, null));
  }

  /** Show what the address says. */
  reset() {
    this.start = null;
    this.box = this.component.data.box;
    this.show();
  }

  /** @param {string} [said] */
  show(said) {
    const { words } = this.component.data;
    this.outline.hidden = !this.box;
    const clear = /** @type {HTMLButtonElement | null} */ (this.buttons.lastElementChild);
    if (clear) clear.disabled = !this.component.data.box;
    this.readout.textContent = said ?? (this.box ? "" : words.draw);
    if (!this.box) return;
    const [left, top, right, bottom] = this.box.map((edge) => `${Math.round(edge * 1000) / 10}`);
    Object.assign(this.outline.style, {
      left: `${left}%`,
      top: `${top}%`,
      width: `${(this.box[2] - this.box[0]) * 100}%`,
      height: `${(this.box[3] - this.box[1]) * 100}%`,
    });
    if (said) return;
    const edges = { left, top, right, bottom };
    this.readout.textContent = words.place.replace(/\{(\w+)\}/g, (_, name) =>
      String(Math.round(Number(edges[/** @type {keyof typeof edges} */ (name)]))),
    );
  }

  /**
   * @param {Box | null} box
   * @param {string | null} use
   */
  choose(box, use) {
    this.component.setTriggerValue("chosen", { box, use });
  }

  /** @param {PointerEvent} event */
  point({ clientX, clientY }) {
    const { left, top, width, height } = this.image.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    if (event.button !== 0) return;
    this.frame.setPointerCapture(event.pointerId);
    this.start = this.point(event);
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    if (!this.start) return;
    this.box = between(this.start, this.point(event));
    this.show();
  }

  /** @param {PointerEvent} event */
  onUp(event) {
    if (!this.start) return;
    const { data } = this.component;
    const drawn = between(this.start, this.point(event));
    this.reset();
    if (!isLarge(drawn)) {
      this.show(data.words.small);
      return;
    }
    this.box = drawn;
    this.show();
    this.choose(drawn, data.use ?? data.uses[0].use);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const { data } = this.component;
    const by = STEPS[event.key];
    if (by && !event.ctrlKey && !event.altKey && !event.metaKey) {
      if (!this.box) this.box = MIDDLE;
      else this.box = event.shiftKey ? resized(this.box, by) : moved(this.box, by);
      this.show();
    } else if (event.key === "Enter") {
      this.choose(this.box ?? MIDDLE, data.use ?? data.uses[0].use);
    } else if (event.key === "Escape") {
      this.reset();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}

export default componentOf(RegionPicker);
