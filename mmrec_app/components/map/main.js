// The map of a collection: all its images as points, drawn without a GPU. What a visitor does here
// stays here, but for a click on a point, a selection, and a category picked in the legend.

/** @import { Component } from "../shared/component.js" */
/** @import { Files } from "./content.js" */
/** @import { MapData } from "./data.js" */

import { componentOf } from "../shared/component.js";
import { make } from "../shared/elements.js";
import { MapContent, readFiles } from "./content.js";
import { DensityKey } from "./density_key.js";
import { listenToGestures } from "./gestures.js";
import { Interaction } from "./interaction.js";
import { bytes } from "./layers.js";
import { LegendView } from "./legend.js";
import { Scene } from "./scene.js";
import { Toolbar } from "./toolbar.js";
import { Tooltip } from "./tooltip.js";
import { View } from "./view.js";

export class MapView {
  /** @type {MapContent | null} */
  content = null;
  /** @type {string | null} */
  focus = null;
  frameRequest = 0;
  legendIsCurrent = false;
  language = "";

  /**
   * @param {ShadowRoot} parent
   * @param {Component<MapData>} component
   */
  constructor(parent, component) {
    this.component = component;
    this.root = make("div", "map", parent);
    this.stage = make("div", "stage", this.root);
    this.stage.tabIndex = 0;
    this.stage.setAttribute("role", "application");
    this.view = new View();
    this.scene = new Scene(this.stage, this.view, () => this.redraw());
    this.interaction = new Interaction(this);
    this.toolbar = new Toolbar(this.stage, this.interaction);
    this.status = make("div", "status", this.stage);
    this.status.setAttribute("role", "status");
    this.densityKey = new DensityKey(this.stage);
    this.tooltip = new Tooltip(this.stage);
    this.legend = new LegendView(this.root, this.interaction);
    listenToGestures(this.stage, this.interaction);
    new ResizeObserver(() => this.scene.resize() && this.drawNow()).observe(this.stage);
  }

  /** @param {Component<MapData>} component */
  update(component) {
    const { data } = component;
    this.component = component;
    if (this.language !== data.language) this.toolbar.build(data.words);
    this.language = data.language;
    this.stage.setAttribute("aria-label", data.words.map);
    readFiles(data).then(
      (files) => {
        if (component === this.component) this.show(data, files);
      },
      (error) => {
        console.error(error);
        if (component === this.component) this.status.textContent = data.words.unreachable;
      },
    );
  }

  /**
   * @param {MapData} data
   * @param {Files} files
   */
  show(data, files) {
    const { content: before } = this;
    const content = new MapContent(data, files, before?.points);
    this.content = content;
    if (content.points !== before?.points) {
      this.scene.pictures.clear();
      this.view.bounds = content.points.bounds;
      this.view.set(this.view.whole());
    }
    if (content.legend !== before?.legend) this.legend.build(content.legend, data.words);
    const clicked = data.chosen !== null && data.chosen.row === this.interaction.picked;
    if (data.focus && data.focus !== this.focus && !clicked) this.interaction.flyToMarks();
    this.focus = data.focus;
    this.interaction.picked = -1;
    this.onRestyled();
    this.drawNow();
    this.root.dataset.ready = String(content.count);
    if (!content.points.rows) this.readRows(content);
  }

  /** @param {MapContent} content */
  async readRows({ points, data }) {
    try {
      points.rows = new Uint32Array(await bytes(data.rows));
      this.redraw();
    } catch (error) {
      console.error(error);
      this.status.textContent = data.words.unreachable;
    }
  }

  /** Say how many points there are of what, and draw them. */
  onRestyled() {
    const { content } = this;
    if (!content) return;
    const { words } = content.data;
    const { count, activeCount, lasso, selectedCount } = content;
    this.legendIsCurrent = false;
    this.toolbar.setSelected(lasso !== null);
    const all = activeCount === count ? words.all : words.shown;
    this.status.textContent = (lasso ? words.selected : all)
      .replace("{n}", this.format(lasso ? selectedCount : activeCount))
      .replace("{total}", this.format(count));
    this.redraw();
  }

  /** @param {number} n */
  format(n) {
    return n.toLocaleString(this.language);
  }

  redraw() {
    this.frameRequest ||= requestAnimationFrame(() => this.drawNow());
  }

  drawNow() {
    cancelAnimationFrame(this.frameRequest);
    this.frameRequest = 0;
    const { content, scene } = this;
    if (!content || !scene.ratio) return;
    const before = scene.appearance;
    this.root.dataset.drawn = scene.draw(content, this.momentary).toFixed(1);
    this.densityKey.show(scene.crowd, content.data.words, content.byLevel, (n) => this.format(n));
    if (this.legendIsCurrent && scene.appearance === before) return;
    this.legendIsCurrent = true;
    const { isolated, between, counts } = content;
    const scale = scene.appearance?.scale ?? null;
    this.legend.update({ isolated, between, counts, scale, format: (n) => this.format(n) });
  }

  drawOverlay() {
    if (this.content) this.scene.drawOverlay(this.content, this.momentary);
  }

  get momentary() {
    const { hovered, sketched: sketch } = this.interaction;
    const { showsNames, showsPictures } = this.toolbar;
    return { hovered, sketch, showsNames, showsPictures };
  }
}

export default componentOf(MapView);
