// Rectangles in units of the picture: left, top, right, bottom, each 0 to 1.

/** @typedef {[number, number, number, number]} Box */
/** @typedef {{ x: number, y: number }} Point */

const LEAST_SHARE = 0.02; // as the core asks for (mmrec_core/serving/query_picture.py)
const LEAST_SIDE = 0.05;

/** @type {Box} what the keyboard begins with */
export const MIDDLE = [0.25, 0.25, 0.75, 0.75];

/** @param {number} value */
function within(value) {
  return Math.min(Math.max(value, 0), 1);
}

/**
 * @param {Point} from
 * @param {Point} to
 * @returns {Box}
 */
export function between(from, to) {
  const [left, right] = [within(from.x), within(to.x)].sort((a, b) => a - b);
  const [top, bottom] = [within(from.y), within(to.y)].sort((a, b) => a - b);
  return [left, top, right, bottom];
}

/** @param {Box} box */
export function isLarge([left, top, right, bottom]) {
  const [width, height] = [right - left, bottom - top];
  return Math.min(width, height) >= LEAST_SIDE && width * height >= LEAST_SHARE + 0.001;
}

/**
 * Move a box as far as the picture goes; its size stays.
 *
 * @param {Box} box
 * @param {Point} by
 * @returns {Box}
 */
export function moved([left, top, right, bottom], by) {
  const x = Math.min(Math.max(by.x, -left), 1 - right);
  const y = Math.min(Math.max(by.y, -top), 1 - bottom);
  return [left + x, top + y, right + x, bottom + y];
}

/**
 * Move a box's lower right corner; a box that would be too small stays as it is.
 *
 * @param {Box} box
 * @param {Point} by
 * @returns {Box}
 */
export function resized(box, by) {
  const [left, top, right, bottom] = box;
  const other = between({ x: left, y: top }, { x: right + by.x, y: bottom + by.y });
  return right + by.x > left && bottom + by.y > top && isLarge(other) ? other : box;
}
