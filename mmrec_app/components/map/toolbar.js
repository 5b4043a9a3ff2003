// The buttons over the map.

/** @import { MapWords } from "./data.js" */

import { make } from "../shared/elements.js";
import { iconButton } from "./icons.js";

/** @typedef {"pan" | "lasso" | "box"} Mode */

/** @type {Mode[]} */
const MODES = ["pan", "lasso", "box"];

/**
 * @typedef {object} ToolbarActions
 * @property {() => void} zoomIn
 * @property {() => void} zoomOut
 * @property {() => void} fit
 * @property {() => void} deselect
 * @property {() => void} showOther names or pictures than before
 */

export class Toolbar {
  /** @type {Mode} */
  mode = "pan";
  showsNames = true;
  showsPictures = true;
  /** @type {HTMLButtonElement[]} */
  modeButtons = [];
  /** @type {HTMLButtonElement | null} */
  clearButton = null;

  /**
   * @param {HTMLElement} stage
   * @param {ToolbarActions} map
   */
  constructor(stage, map) {
    this.stage = stage;
    this.map = map;
    this.root = make("div", "tools", stage);
  }

  /** @param {MapWords} words */
  build(words) {
    const { map } = this;
    this.root.replaceChildren();
    const modes = this.group();
    this.modeButtons = MODES.map((mode) =>
      iconButton(modes, words[mode], mode, () => this.setMode(mode)),
    );
    const zooms = this.group();
    iconButton(zooms, words.zoom_in, "in", () => map.zoomIn());
    iconButton(zooms, words.zoom_out, "out", () => map.zoomOut());
    iconButton(zooms, words.fit, "fit", () => map.fit());
    const others = this.group();
    const names = iconButton(others, words.names, "names", () => {
      this.showsNames = !this.showsNames;
      setPressed(names, this.showsNames);
      map.showOther();
    });
    const pictures = iconButton(others, words.pictures, "pictures", () => {
      this.showsPictures = !this.showsPictures;
      setPressed(pictures, this.showsPictures);
      map.showOther();
    });
    setPressed(names, this.showsNames);
    setPressed(pictures, this.showsPictures);
    this.clearButton = iconButton(others, words.clear, "close", () => map.deselect());
    this.clearButton.hidden = true;
    this.setMode(this.mode);
  }

  group() {
    const group = make("div", "tool-group", this.root);
    group.setAttribute("role", "group");
    return group;
  }

  /** @param {Mode} mode */
  setMode(mode) {
    this.mode = mode;
    this.stage.dataset.mode = mode;
    for (const [index, button] of this.modeButtons.entries()) {
      setPressed(button, MODES[index] === mode);
    }
  }

  /** @param {boolean} selected whether there is a selection to clear */
  setSelected(selected) {
    if (this.clearButton) this.clearButton.hidden = !selected;
  }
}

/**
 * @param {HTMLElement} button
 * @param {boolean} pressed
 */
function setPressed(button, pressed) {
  button.setAttribute("aria-pressed", String(pressed));
}
