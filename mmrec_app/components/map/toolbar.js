// The buttons over the map.

import { button, make } from "./elements.js";

const MODES = ["pan", "lasso", "box"];

export class Toolbar {
  constructor(stage, map) {
    this.stage = stage;
    this.map = map;
    this.root = make("div", "tools", stage);
    this.mode = "pan";
    this.named = true;
    this.pictured = true;
  }

  build(words) {
    const { map } = this;
    this.root.replaceChildren();
    const modes = this.group();
    this.modes = MODES.map((mode) =>
      button(modes, "tool", words[mode], mode, () => this.setMode(mode)),
    );
    const zooms = this.group();
    button(zooms, "tool", words.zoom_in, "in", () => map.zoomIn());
    button(zooms, "tool", words.zoom_out, "out", () => map.zoomOut());
    button(zooms, "tool", words.fit, "fit", () => map.fit());
    const others = this.group();
    this.names = button(others, "tool", words.names, "names", () => this.setNamed(!this.named));
    this.pictures = button(others, "tool", words.pictures, "pictures", () =>
      this.setPictured(!this.pictured),
    );
    this.unselect = button(others, "tool", words.clear, "close", () => map.deselect());
    this.setMode(this.mode);
    this.setNamed(this.named);
    this.setPictured(this.pictured);
  }

  group() {
    const group = make("div", "tool-group", this.root);
    group.setAttribute("role", "group");
    return group;
  }

  setMode(mode) {
    this.mode = mode;
    this.stage.dataset.mode = mode;
    this.modes.forEach((one, at) => one.setAttribute("aria-pressed", String(MODES[at] === mode)));
  }

  setNamed(named) {
    this.named = named;
    this.names.setAttribute("aria-pressed", String(named));
    this.map.redraw();
  }

  setPictured(pictured) {
    this.pictured = pictured;
    this.pictures.setAttribute("aria-pressed", String(pictured));
    this.map.redraw();
  }
}
