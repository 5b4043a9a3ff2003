// The shapes of single points, as pixels.

/** @import { Corner } from "./geometry.js" */

import { context2d } from "./canvas.js";

/**
 * A point's pixels, as offsets from its middle: those it covers wholly, and those in part.
 *
 * @typedef {object} Stamp
 * @property {number} reach pixels from the middle to the farthest
 * @property {Int32Array} solid
 * @property {Int32Array} edge
 * @property {number[]} alpha of the edge, 0 to 255
 */

// Shapes as in mmrec_core/plots/palette.py, in a square of side 2 around the origin.
/** @type {(Corner[] | null)[]} */
// prettier-ignore
const OUTLINES = [
  null, // a circle
  [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
  [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
  [[0, -1.15], [1.1, 0.8], [-1.1, 0.8]],
  [[-0.4, -1.1], [0.4, -1.1], [0.4, -0.4], [1.1, -0.4], [1.1, 0.4], [0.4, 0.4],
   [0.4, 1.1], [-0.4, 1.1], [-0.4, 0.4], [-1.1, 0.4], [-1.1, -0.4], [-0.4, -0.4]],
  [[1.1, 0], [0.55, 0.95], [-0.55, 0.95], [-1.1, 0], [-0.55, -0.95], [0.55, -0.95]],
];
const SHAPED_FROM = 3; // device pixels of radius below which every point is round
const VEIL = 150; // opacity, of 255, of the smallest points: where many lie, it is darker

export class Stamps {
  width = 0;
  /**
   * By radius, a stamp for each shape.
   *
   * @type {Map<number, Stamp[]>}
   */
  made = new Map();

  /** @param {number} width of the canvas, in device pixels */
  resize(width) {
    this.width = width;
    this.made.clear();
  }

  /** @param {number} radius in device pixels */
  of(radius) {
    const rounded = Math.max(Math.round(radius * 4) / 4, 0.75);
    let stamps = this.made.get(rounded);
    if (!stamps) {
      const outlines = rounded < SHAPED_FROM ? OUTLINES.map(() => null) : OUTLINES;
      stamps = outlines.map((outline) => makeStamp(outline, rounded, this.width));
      this.made.set(rounded, stamps);
    }
    return stamps;
  }
}

/**
 * @param {Stamp} stamp
 * @param {Uint32Array} pixels
 * @param {number} middle index of the pixel in the middle
 * @param {number} colour
 */
export function print({ solid, edge, alpha }, pixels, middle, colour) {
  for (let j = 0; j < solid.length; j++) pixels[middle + solid[j]] = colour;
  if (!edge.length) return;
  const red = colour & 255;
  const green = (colour >> 8) & 255;
  const blue = (colour >> 16) & 255;
  for (let j = 0; j < edge.length; j++) {
    const place = middle + edge[j];
    const below = pixels[place];
    const a = alpha[j];
    const r = (below & 255) + (((red - (below & 255)) * a) >> 8);
    const g = ((below >> 8) & 255) + (((green - ((below >> 8) & 255)) * a) >> 8);
    const b = ((below >> 16) & 255) + (((blue - ((below >> 16) & 255)) * a) >> 8);
    pixels[place] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
}

/**
 * @param {Corner[] | null} outline null for a circle
 * @param {number} radius
 * @param {number} width of the canvas
 * @returns {Stamp}
 */
function makeStamp(outline, radius, width) {
  if (radius < 1.5) return block(Math.round(radius * 2), width);
  const reach = Math.ceil(radius * 1.25) + 1;
  const side = 2 * reach + 1;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = context2d(canvas, { willReadFrequently: true });
  context.translate(reach + 0.5, reach + 0.5);
  context.beginPath();
  if (outline) for (const [x, y] of outline) context.lineTo(x * radius, y * radius);
  else context.arc(0, 0, radius, 0, 2 * Math.PI);
  context.fill();
  const { data } = context.getImageData(0, 0, side, side);
  /** @type {[number[], number[], number[]]} */
  const [solid, edge, alpha] = [[], [], []];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const covered = data[4 * (y * side + x) + 3];
      const offset = (y - reach) * width + x - reach;
      if (covered > 250) solid.push(offset);
      else if (covered > 8) {
        edge.push(offset);
        alpha.push(covered);
      }
    }
  }
  return { reach, solid: Int32Array.from(solid), edge: Int32Array.from(edge), alpha };
}

/**
 * The stamp of a point too small for a shape: a square.
 *
 * @param {number} side
 * @param {number} width of the canvas
 * @returns {Stamp}
 */
function block(side, width) {
  const edge = [];
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) edge.push(y * width + x);
  const alpha = edge.map(() => VEIL);
  return { reach: side, solid: new Int32Array(), edge: Int32Array.from(edge), alpha };
}
