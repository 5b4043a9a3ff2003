// What lies over the points: pictures, names of clusters, the query's star, rings, the lasso.

/** @import { Bounds, Corner, Place } from "./geometry.js" */
/** @import { Theme } from "./marks.js" */
/** @import { Picture } from "./pictures.js" */
/** @import { View } from "./view.js" */

import { context2d } from "./canvas.js";
import { drawBadge, drawCircle, drawPolygon, drawRing, drawStar, drawText } from "./marks.js";
import { SIDE } from "./pictures.js";

const MAX_NAMES = 60;
const LIFT = 9; // pixels that a name stands above its place
const NAME_FONT = "600 12px ";

/**
 * Places are on the grid, the sketch is on the screen.
 *
 * @typedef {object} OverlayScene
 * @property {View} view
 * @property {Theme} theme
 * @property {Picture[]} pictures
 * @property {(picture: Picture) => void} drawPicture
 * @property {(Place & { name: string })[]} names the most important first
 * @property {(Place & { row: number, text: string })[]} rings
 * @property {(Place & { row: number | null })[]} stars
 * @property {(Place & { row: number }) | null} chosen
 * @property {Place | null} hovered
 * @property {Corner[] | null} lasso
 * @property {Corner[] | null} sketch the selection that is being drawn
 * @property {number} radius of the points
 */

export class Overlay {
  ratio = 1;
  /** @type {Map<string, number>} */
  widths = new Map();

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = context2d(canvas);
  }

  /**
   * @param {number} width in CSS pixels
   * @param {number} height
   * @param {number} ratio device pixels per CSS pixel
   */
  resize(width, height, ratio) {
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.ratio = ratio;
  }

  /** @param {OverlayScene} scene */
  draw(scene) {
    const { view, theme, pictures, lasso, sketch } = scene;
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.context.clearRect(0, 0, view.width, view.height);
    const polygon = lasso?.map(([x, y]) => onScreen({ x, y }, view));
    if (polygon) drawPolygon(this.context, polygon, theme.accent, false);
    pictures.forEach(scene.drawPicture);
    this.names(scene);
    this.marks(scene);
    if (sketch) drawPolygon(this.context, sketch, theme.accent, true);
  }

  /** @param {OverlayScene} scene */
  marks({ view, theme, pictures, rings, stars, chosen, hovered, radius }) {
    const pictured = new Set(pictures.map(({ row }) => row));
    const corner = SIDE / 2 - 3; // of a picture, from its middle
    for (const ring of rings) {
      const [x, y] = onScreen(ring, view);
      if (pictured.has(ring.row)) drawBadge(this.context, x - corner, y - corner, ring.text);
      else drawRing(this.context, [x, y], Math.max(radius + 4, 7), theme, ring.text);
    }
    if (chosen && !pictured.has(chosen.row)) {
      drawRing(this.context, onScreen(chosen, view), Math.max(radius + 5, 9), theme, "");
    }
    for (const star of stars) {
      const [x, y] = onScreen(star, view);
      if (star.row !== null && pictured.has(star.row))
        drawStar(this.context, x + corner, y - corner);
      else drawStar(this.context, x, y);
    }
    if (hovered)
      drawCircle(this.context, onScreen(hovered, view), Math.max(radius + 2, 5), theme.accent, 2);
  }

  /**
   * A name that would touch another, or a picture, is left for a nearer view.
   *
   * @param {OverlayScene} scene
   */
  names({ view, theme, names, pictures }) {
    /** @type {Bounds[]} */
    const taken = pictures.map(({ x, y }) => {
      return [x - SIDE / 2, y - SIDE / 2, x + SIDE / 2, y + SIDE / 2];
    });
    const limit = taken.length + MAX_NAMES;
    for (const place of names) {
      const middle = view.screenX(place.x);
      const y = view.screenY(place.y) - LIFT;
      if (middle < 0 || y < 8 || middle > view.width || y > view.height - 8) continue;
      const half = this.width(place.name, theme) / 2 + 8;
      const x = Math.max(Math.min(middle, view.width - half), view.left - 8 + half);
      /** @type {(height: number) => Bounds} */
      const boxAt = (height) => [x - half, height - 11, x + half, height + 11];
      const aside = pictures.length ? [y - SIDE / 2 - 4, y + SIDE / 2 + LIFT] : [];
      const free = [y, ...aside].find((height) => {
        return !taken.some((other) => overlap(boxAt(height), other));
      });
      if (free === undefined) continue;
      taken.push(boxAt(free));
      drawText(this.context, place.name, x, free, theme, NAME_FONT);
      if (taken.length >= limit) break;
    }
  }

  /**
   * @param {string} text
   * @param {Theme} theme
   */
  width(text, theme) {
    let width = this.widths.get(text);
    if (width === undefined) {
      this.context.font = NAME_FONT + theme.font;
      width = this.context.measureText(text).width;
      this.widths.set(text, width);
    }
    return width;
  }
}

/**
 * @param {Place} place on the grid
 * @param {View} view
 * @returns {Corner}
 */
function onScreen({ x, y }, view) {
  return [view.screenX(x), view.screenY(y)];
}

/**
 * @param {Bounds} one
 * @param {Bounds} other
 */
export function overlap(one, other) {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}
