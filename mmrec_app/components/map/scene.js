// What is drawn: the points below, names and marks above, in the page's own colours.

/** @import { Colour } from "./colours.js" */
/** @import { MapContent } from "./content.js" */
/** @import { Counted } from "./density.js" */
/** @import { Crowd } from "./density_key.js" */
/** @import { Bounds, Corner } from "./geometry.js" */
/** @import { Theme } from "./marks.js" */
/** @import { Layer } from "./raster.js" */
/** @import { StyleTable } from "./styles.js" */
/** @import { View } from "./view.js" */

import { make } from "../shared/elements.js";
import { css, parsedColour } from "./colours.js";
import { fullFrom } from "./density.js";
import { Overlay } from "./overlay.js";
import { Pictures, drawPicture, pictureAt } from "./pictures.js";
import { SIDE as SQUARE } from "./quadtree.js";
import { Raster } from "./raster.js";
import { CONTEXT, FADED, styleTable } from "./styles.js";

const MAX_RADIUS = 6; // pixels
const LEAST_ROOM = 5; // pixels between points, below which their density is drawn
const PLACE = 4; // pixels that a point covers there
const DARK_BELOW = 384; // sum of the background's channels

/**
 * What the map shows for the moment.
 *
 * @typedef {object} Momentary
 * @property {number} hovered point, -1 for none
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
  /**
   * What of the points in colour is drawn as density.
   *
   * @type {Crowd | null}
   */
  crowd = null;
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
    this.raster.resize(width, height, this.ratio);
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
    const { scale, visible } = this.view;
    const place = { scale, left: this.view.screenX(0), top: this.view.screenY(0) };
    const layers = this.layers(content, visible, table);
    this.crowd = crowdOf(layers, this.raster.draw(layers, table.background, place));
    this.drawOverlay(content, momentary);
    this.choosePictures(content);
    return performance.now() - start;
  }

  /**
   * @param {MapContent} content
   * @param {Bounds} visible
   * @param {StyleTable} table
   * @returns {Layer[]}
   */
  layers(content, [left, low, right, high], table) {
    const { points, styles, data, byLevel } = content;
    const edge = MAX_RADIUS / this.view.scale;
    const runs = points.runs([left - edge, low - edge, right + edge, high + edge]);
    const { count, activeCount } = content;
    return content.parts.map(({ first, last }) => {
      const isContext = first === CONTEXT;
      const among = isContext ? count : activeCount;
      const share = (isContext ? count - activeCount : activeCount) / count;
      const radius = isContext ? this.radiusAmong(count) : this.radius(content);
      return {
        ...{ points: points.coordinates, runs, styles, first, last, table },
        colours: data.palette.length,
        byLevel: byLevel || isContext,
        radius: this.roomAmong(among) < LEAST_ROOM ? null : radius,
        full: fullFrom(this.usualAtPlace(points.crowding) * share),
      };
    });
  }

  /**
   * Return how many points lie where a point does, on average, at the present scale.
   *
   * @param {number} crowding of the map
   */
  usualAtPlace(crowding) {
    return Math.max((crowding * PLACE) / (SQUARE * this.view.scale) ** 2, 1);
  }

  /**
   * @param {MapContent} content
   * @param {Momentary} momentary
   */
  drawOverlay(content, { hovered, sketch, showsNames, showsPictures }) {
    if (!this.appearance) return;
    const { theme, table } = this.appearance;
    const { styles, points } = content;
    this.overlay.draw({
      view: this.view,
      theme,
      pictures: showsPictures ? this.picturesOnScreen(content) : [],
      drawPicture: (picture) => {
        const style = styles[picture.point];
        const colour = css(table.colours[style % FADED]);
        drawPicture(this.overlay.context, picture, colour, style >= FADED);
      },
      names: showsNames ? content.namedPlaces : [],
      rings: content.rings,
      stars: content.stars,
      chosen: content.chosen,
      hovered: hovered >= 0 ? points.at(hovered) : null,
      lasso: content.lasso,
      sketch,
      radius: this.radius(content),
    });
  }

  /** @param {MapContent} content */
  picturesOnScreen({ points }) {
    return this.pictures.onScreen(this.view, points);
  }

  /**
   * Return the point of the picture at a place on the canvas, -1 if there is none.
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
    if (key === this.picturesKey || !points.rows) return;
    this.picturesKey = key;
    const candidates = (/** @type {number} */ limit) => content.inView(view, limit);
    this.pictures.schedule(candidates, view, points, data.thumbnail);
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
    return Math.min(Math.max(0.2 * this.roomAmong(count), 1), MAX_RADIUS);
  }

  /**
   * Return the pixels from one of so many points to the next, if they were spread evenly; as many
   * more as a nearer view gives them.
   *
   * @param {number} count
   */
  roomAmong(count) {
    const { width, height, zoom } = this.view;
    return Math.sqrt(((width * height) / Math.max(count, 1)) * Math.max(zoom, 1));
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

/**
 * @param {Layer[]} layers
 * @param {(Counted | null)[]} counted
 * @returns {Crowd | null}
 */
function crowdOf(layers, counted) {
  /** @type {Crowd | null} */
  let crowd = null;
  for (const [index, { first, full }] of layers.entries()) {
    const found = counted[index];
    if (!found || first === CONTEXT) continue;
    crowd ??= { inView: 0, sharing: 0, full };
    crowd.inView += found.inView;
    crowd.sharing += found.inView - found.alone;
    crowd.full = full;
  }
  return crowd;
}
