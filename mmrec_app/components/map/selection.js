// Which points lie in a polygon. mmrec_app/map/selection.py has the same rule in the same
// arithmetic, so that the map and the gallery beside it agree on every image.

/** @import { Corner } from "./geometry.js" */

import { bounds } from "./geometry.js";

/**
 * Return 1 for each point in a polygon, by the even–odd rule.
 *
 * @param {Corner[]} polygon on the grid
 * @param {ArrayLike<number>} points x and y in turn
 * @param {number} count
 */
export function inside(polygon, points, count) {
  const flags = new Uint8Array(count);
  const [left, low, right, high] = bounds(polygon);
  for (let i = 0; i < count; i++) {
    const x = points[2 * i];
    const y = points[2 * i + 1];
    if (x < left || x > right || y < low || y > high) continue;
    let odd = 0;
    let [fromX, fromY] = polygon[polygon.length - 1];
    for (const [toX, toY] of polygon) {
      if (fromY > y !== toY > y && x < ((toX - fromX) * (y - fromY)) / (toY - fromY) + fromX) {
        odd ^= 1;
      }
      fromX = toX;
      fromY = toY;
    }
    flags[i] = odd;
  }
  return flags;
}

/**
 * Leave out corners nearer than `tolerance` to the line between their neighbours (Douglas and
 * Peucker 1973), with a tolerance that grows until at most `limit` corners are left.
 *
 * @param {Corner[]} path
 * @param {number} tolerance
 * @param {number} limit
 */
export function simplified(path, tolerance, limit) {
  if (path.length <= 3) return path;
  let kept = thinned(path, tolerance);
  for (let wider = tolerance * 1.5; kept.length > limit; wider *= 1.5) kept = thinned(path, wider);
  return kept;
}

/**
 * @param {Corner[]} path
 * @param {number} tolerance
 */
function thinned(path, tolerance) {
  const keep = new Uint8Array(path.length);
  keep[0] = keep[path.length - 1] = 1;
  const parts = [[0, path.length - 1]];
  for (let part = parts.pop(); part; part = parts.pop()) {
    const [first, last] = part;
    let farthest = 0;
    let corner = -1;
    for (let i = first + 1; i < last; i++) {
      const distance = distanceToLine(path[i], path[first], path[last]);
      if (distance > farthest) [farthest, corner] = [distance, i];
    }
    if (farthest <= tolerance) continue;
    keep[corner] = 1;
    parts.push([first, corner], [corner, last]);
  }
  return path.filter((_, index) => keep[index]);
}

/**
 * @param {Corner} corner
 * @param {Corner} from
 * @param {Corner} to
 */
function distanceToLine([x, y], [fromX, fromY], [toX, toY]) {
  const [dx, dy] = [toX - fromX, toY - fromY];
  const length = Math.hypot(dx, dy);
  if (!length) return Math.hypot(x - fromX, y - fromY);
  return Math.abs(dx * (fromY - y) - dy * (fromX - x)) / length;
}
