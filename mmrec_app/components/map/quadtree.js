// Points in the order of a quadtree: in mmrec_core/collection/map_levels.py, the points of every
// square of every level stand together. So a part of the map is a few runs of points.

/** @import { Bounds } from "./geometry.js" */

import { GRID } from "./geometry.js";

export const LEVEL = 8; // of the smallest squares that are told apart here
export const SIDE = (GRID + 1) >> LEVEL; // of these squares
const MOST = (1 << LEVEL) - 1;

// Each number's bits with a zero before each.
const SPREAD = Uint32Array.from({ length: MOST + 1 }, (_, value) => {
  let spread = 0;
  for (let bit = 0; bit < LEVEL; bit++) spread |= ((value >> bit) & 1) << (2 * bit);
  return spread;
});

/**
 * Return where the run of each square begins, by the square's code; then the number of points.
 *
 * @param {Uint16Array} points x and y in turn, in the order of the quadtree
 */
export function squareStarts(points) {
  const starts = new Uint32Array((1 << (2 * LEVEL)) + 1);
  const shift = 16 - LEVEL;
  for (let i = 0; i < points.length; i += 2) {
    starts[(SPREAD[points[i] >> shift] | (SPREAD[points[i + 1] >> shift] << 1)) + 1]++;
  }
  for (let code = 1; code < starts.length; code++) starts[code] += starts[code - 1];
  return starts;
}

/**
 * Return runs of points, begin and end in turn, that hold all within bounds, and few beyond.
 *
 * @param {Uint32Array} starts
 * @param {Bounds} bounds on the grid
 * @returns {number[]}
 */
export function runsWithin(starts, [left, low, right, high]) {
  /** @type {number[]} */
  const runs = [];
  const visit = (/** @type {number} */ level, /** @type {number} */ x, /** @type {number} */ y) => {
    const side = (GRID + 1) / (1 << level);
    const [fromX, fromY] = [x * side, y * side];
    if (fromX > right || fromX + side <= left || fromY > high || fromY + side <= low) return;
    const width = 2 * (LEVEL - level);
    const code = (SPREAD[x] | (SPREAD[y] << 1)) << width;
    const [from, to] = [starts[code], starts[code + (1 << width)]];
    if (from === to) return;
    const whole =
      left <= fromX && fromX + side <= right + 1 && low <= fromY && fromY + side <= high + 1;
    if (whole || level === LEVEL) {
      if (runs.length && runs[runs.length - 1] === from) runs[runs.length - 1] = to;
      else runs.push(from, to);
      return;
    }
    for (let quarter = 0; quarter < 4; quarter++) {
      visit(level + 1, 2 * x + (quarter & 1), 2 * y + (quarter >> 1));
    }
  };
  visit(0, 0, 0);
  return runs;
}

/**
 * Return how many others a point has in its square, on average over the points.
 *
 * @param {Uint32Array} starts
 */
export function crowding(starts) {
  let pairs = 0;
  for (let code = 0; code + 1 < starts.length; code++) {
    const held = starts[code + 1] - starts[code];
    pairs += held * (held - 1);
  }
  return pairs / Math.max(starts[starts.length - 1], 1);
}
