// Places on the map. Points lie on a grid of 0 … 65535 in both directions, y upwards; map units
// are those of the bundle's map.

/** @typedef {{ x: number, y: number }} Place */
/** @typedef {[number, number]} Corner x and y */
/** @typedef {[number, number, number, number]} Bounds left, low, right, high */

export const GRID = 65535;

/** Where the grid lies in map units. */
export class Frame {
  /** @param {[number, number, number]} frame left and lower edge, and size */
  constructor([left, low, size]) {
    this.left = left;
    this.low = low;
    this.size = size;
  }

  /**
   * @param {Corner} place in map units
   * @returns {Corner}
   */
  toGrid([x, y]) {
    return [((x - this.left) / this.size) * GRID, ((y - this.low) / this.size) * GRID];
  }

  /**
   * @param {Corner} place on the grid
   * @returns {Corner}
   */
  toMapUnits([x, y]) {
    return [this.left + (x / GRID) * this.size, this.low + (y / GRID) * this.size];
  }
}

/**
 * @param {Corner[]} polygon
 * @returns {Bounds}
 */
export function bounds(polygon) {
  const xs = polygon.map((corner) => corner[0]);
  const ys = polygon.map((corner) => corner[1]);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/**
 * Return the bounds of points, x and y in turn.
 *
 * @param {Uint16Array} points
 * @returns {Bounds}
 */
export function extent(points) {
  /** @type {Bounds} */
  const box = [GRID, GRID, 0, 0];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i], points[i + 1]];
    if (x < box[0]) box[0] = x;
    if (y < box[1]) box[1] = y;
    if (x > box[2]) box[2] = x;
    if (y > box[3]) box[3] = y;
  }
  return box;
}

/**
 * Round to a five-hundredth of the polygon's own size or finer: a link should stay short.
 *
 * @param {Corner[]} polygon in map units
 * @returns {Corner[]}
 */
export function rounded(polygon) {
  const [left, low, right, high] = bounds(polygon);
  const step = Math.max(right - left, high - low) / 500;
  const digits = Math.min(Math.max(Math.ceil(-Math.log10(step)), 0), 6);
  const round = (/** @type {number} */ value) => Number(value.toFixed(digits));
  return polygon.map(([x, y]) => [round(x), round(y)]);
}
