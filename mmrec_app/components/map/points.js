// All images as points on the grid, and a spatial index of them.

/** @import { Bounds, Place } from "./geometry.js" */

import { extent } from "./geometry.js";
import KDBush from "./vendor/kdbush.js";

const NODE_SIZE = 32;

export class Points {
  /** @type {KDBush | null} */
  index = null;

  /** @param {ArrayBuffer} bytes Uint16, x and y in turn */
  constructor(bytes) {
    this.bytes = bytes;
    this.coordinates = new Uint16Array(bytes);
    this.count = this.coordinates.length / 2;
    this.bounds = extent(this.coordinates);
  }

  /**
   * @param {number} row
   * @returns {Place}
   */
  at(row) {
    return { x: this.coordinates[2 * row], y: this.coordinates[2 * row + 1] };
  }

  /** Make the index, without which no point can be looked up. */
  buildIndex() {
    const index = new KDBush(this.count, NODE_SIZE, Uint16Array);
    for (let row = 0; row < this.count; row++) {
      index.add(this.coordinates[2 * row], this.coordinates[2 * row + 1]);
    }
    this.index = index.finish();
  }

  /**
   * @param {Bounds} bounds
   * @returns {number[]} rows
   */
  within([left, low, right, high]) {
    return this.index?.range(left, low, right, high) ?? [];
  }

  /**
   * Return the row of the nearest point within a reach, -1 if there is none. A point that is not
   * active counts as twice as far.
   *
   * @param {Place} place
   * @param {number} reach in grid units
   * @param {Uint8Array} active
   */
  nearest({ x, y }, reach, active) {
    let nearestRow = -1;
    let nearest = Infinity;
    for (const row of this.index?.within(x, y, reach) ?? []) {
      const dx = this.coordinates[2 * row] - x;
      const dy = this.coordinates[2 * row + 1] - y;
      const distance = (dx * dx + dy * dy) * (active[row] ? 1 : 4);
      if (distance < nearest) [nearest, nearestRow] = [distance, row];
    }
    return nearestRow;
  }
}
