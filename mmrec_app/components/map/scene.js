// What is drawn: the points below, names and marks above, in the page's own colours.

/** @import { Colour } from "./colours.js" */
/** @import { MapContent } from "./content.js" */
/** @import { Corner } from "./geometry.js" */
/** @import { Theme } from "./marks.js" */
/** @import { StyleTable } from "./styles.js" */
/** @import { View } from "./view.js" */

import { make } from "../shared/elements.js";
import { css, parsedColour } from "./colours.js";
import { Overlay } from "./overlay.js";
import { Pictures, drawPicture, pictureAt } from "./pictures.js";
import { Raster } from "./raster.js";
import { FADED, styleTable } from "./styles.js";

const MAX_RADIUS = 6; // pixels
const DARK_BELOW = 384; // sum of the background's channels

/**
 * What the map shows for the moment.
 *
 * @typedef {object} Momentary
 * @property {number} hovered row, -1 for none
 * @property {Corner[] | null} sketch the selection that is being drawn
 * @property {boolean} showsNames
 * @property {boolean} showsPictures
 */

/** @typedef {{ theme: Theme, table: StyleTable, scale: Colour[] | null }} Appearance */

export class Scene {
  /** Device pixels per CSS pixel; 0 until there is anything to draw on. */
  ratio = 0;
  /** @type {Appearance | null} */
  appearance = null;
  appearanceKey = "";
  /** The view and styles that pictures were last chosen for. */
  picturesKey = "";

  /**
   * @param {HTMLElement} stage
   * @param {View} view
   * @param {() => void} redraw
   */
  constructor(stage, view, redraw) {
    this.stage = stage;
    this.view = view;
    this.raster = new Raster(make("canvas", "points", stage));
    this.overlay = new Overlay(make("canvas", "over", stage));
    this.pictures = new Pictures(redraw);
  }

  /** Return whether there is anything to draw on. */
  resize() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !height) return false;
    this.ratio = window.devicePixelRatio || 1;
    this.view.resize(width, height);
    this.raster.resize(Math.round(width * this.ratio), Math.round(height * this.ratio));
    this.overlay.resize(width, height, this.ratio);
    return true;
  }

  /**
   * Return the milliseconds that it took.
   *
   * @param {MapContent} content
   * @param {Momentary} momentary
   */
  draw(content, momentary) {
    const start = performance.now();
    const { table } = this.updateAppearance(content);
    this.raster.draw({
      points: content.points.coordinates,
      styled: content.styled,
      table,
      view: this.view,
      ratio: this.ratio,
      radius: this.radius(content),
      contextRadius: this.radiusAmong(content.count),
    });
    this.drawOverlay(content, momentary);
    this.choosePictures(content);
    return performance.now() - start;
  }

  /**
   * @param {MapContent} content
   * @param {Momentary} momentary
   */
  drawOverlay(content, { hovered, sketch, showsNames, showsPictures }) {
    if (!this.appearance) return;
    const { theme, table } = this.appearance;
    const { styles } = content.styled;
    this.overlay.draw({
      view: this.view,
      theme,
      pictures: showsPictures ? this.picturesOnScreen(content) : [],
      drawPicture: (picture) => {
        const style = styles[picture.row];
        const colour = css(table.colours[style % FADED]);
        drawPicture(this.overlay.context, picture, colour, style >= FADED);
      },
      names: showsNames ? content.namedPlaces : [],
      rings: content.rings,
      stars: content.stars,
      chosen: content.chosen,
      hovered: hovered >= 0 ? content.points.at(hovered) : null,
      lasso: content.lasso,
      sketch,
      radius: this.radius(content),
    });
  }

  /** @param {MapContent} content */
  picturesOnScreen({ points }) {
    return this.pictures.onScreen(this.view, (row) => points.at(row));
  }

  /**
   * Return the row of the picture at a place on the canvas, -1 if there is none.
   *
   * @param {MapContent} content
   * @param {number} x
   * @param {number} y
   */
  pictureAt(content, x, y) {
    return pictureAt(this.picturesOnScreen(content), x, y);
  }

  /**
   * Once for each view: pictures that load redraw the map, and must not choose again.
   *
   * @param {MapContent} content
   */
  choosePictures(content) {
    const { view } = this;
    const { points, version, data } = content;
    const key = [view.x, view.y, view.scale, view.width, view.height, version].join();
    if (key === this.picturesKey || !points.index) return;
    this.picturesKey = key;
    const candidates = (/** @type {number} */ limit) => content.inView(view, limit);
    this.pictures.schedule(candidates, view, (row) => points.at(row), data.thumbnail);
  }

  /**
   * Points grow as fewer of them share the canvas; a few among many are a bit larger than those.
   *
   * @param {MapContent} content
   */
  radius({ activeCount, count }) {
    return Math.min(this.radiusAmong(activeCount), 2.2 * this.radiusAmong(count) + 1);
  }

  /** @param {number} count of points that share the canvas */
  radiusAmong(count) {
    const { width, height, zoom } = this.view;
    const room = Math.sqrt((width * height) / Math.max(count, 1));
    return Math.min(Math.max(0.2 * room * Math.sqrt(Math.max(zoom, 1)), 1), MAX_RADIUS);
  }

  /**
   * Work out the colours anew if the page's theme or the kind of legend is another.
   *
   * @param {MapContent} content
   */
  updateAppearance({ data, legend }) {
    const style = getComputedStyle(this.stage);
    const value = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const [backgroundValue, textValue] = [value("--st-background-color"), value("--st-text-color")];
    const key = [backgroundValue, textValue, legend.kind, ...data.palette].join();
    if (this.appearance && key === this.appearanceKey) return this.appearance;
    this.appearanceKey = key;
    const background = parsedColour(backgroundValue);
    const text = parsedColour(textValue);
    const accent = value("--st-primary-color") || "#4553C9";
    const font = value("--st-font") || "sans-serif";
    const dark = background.reduce((sum, one) => sum + one) < DARK_BELOW;
    const steps = legend.kind === "scale" ? data.scales[dark ? "dark" : "light"] : null;
    const scale = steps && steps.map(parsedColour);
    const palette = data.palette.map(parsedColour);
    const table = styleTable({ palette, scale, background, text });
    this.appearance = { theme: { background, text, accent, font }, table, scale };
    return this.appearance;
  }
}
