// All images as points on the grid, in the order of the map's levels. A point's number is its place
// in this order; which image it is says `rows`, which are read last: the map is drawn without them.

/** @import { Bounds, Place } from "./geometry.js" */

import { extent } from "./geometry.js";
import { crowding, runsWithin, squareStarts } from "./quadtree.js";

export class Points {
  /** @type {Uint32Array | null} */
  rows = null;

  /** @param {ArrayBuffer} bytes Uint16, x and y in turn */
  constructor(bytes) {
    this.bytes = bytes;
    this.coordinates = new Uint16Array(bytes);
    this.count = this.coordinates.length / 2;
    this.bounds = extent(this.coordinates);
    this.starts = squareStarts(this.coordinates);
    this.crowding = crowding(this.starts);
  }

  /**
   * @param {number} point
   * @returns {Place}
   */
  at(point) {
    return { x: this.coordinates[2 * point], y: this.coordinates[2 * point + 1] };
  }

  /**
   * Return the image of a point, -1 before the rows are there.
   *
   * @param {number} point
   */
  rowOf(point) {
    return this.rows?.[point] ?? -1;
  }

  /** @param {Bounds} bounds */
  runs(bounds) {
    return runsWithin(this.starts, bounds);
  }

  /**
   * Return the points within bounds; null if these are more than a limit.
   *
   * @param {Bounds} bounds
   * @param {Uint8Array} active points that count
   * @param {number} [limit]
   */
  within(bounds, active, limit = Infinity) {
    const [left, low, right, high] = bounds;
    const { coordinates } = this;
    const runs = this.runs(bounds);
    /** @type {number[]} */
    const found = [];
    for (let run = 0; run < runs.length; run += 2) {
      for (let i = runs[run]; i < runs[run + 1]; i++) {
        const [x, y] = [coordinates[2 * i], coordinates[2 * i + 1]];
        if (!active[i] || x < left || x > right || y < low || y > high) continue;
        if (found.push(i) > limit) return null;
      }
    }
    return found;
  }

  /**
   * Return the nearest point within a reach, -1 if there is none. A point that is not active
   * counts as twice as far; of images at one place, the first counts.
   *
   * @param {Place} place
   * @param {number} reach in grid units
   * @param {Uint8Array} active
   */
  nearest({ x, y }, reach, active) {
    const { coordinates } = this;
    const runs = this.runs([x - reach, y - reach, x + reach, y + reach]);
    let nearest = -1;
    let least = Infinity;
    for (let run = 0; run < runs.length; run += 2) {
      for (let i = runs[run]; i < runs[run + 1]; i++) {
        const [dx, dy] = [coordinates[2 * i] - x, coordinates[2 * i + 1] - y];
        const away = dx * dx + dy * dy;
        if (away > reach * reach) continue;
        const distance = active[i] ? away : 4 * away;
        if (distance < least) [least, nearest] = [distance, i];
      }
    }
    return nearest;
  }
}
