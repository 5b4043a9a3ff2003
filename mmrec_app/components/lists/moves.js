// Moving among the results with the keys.

/**
 * @typedef {object} Position
 * @property {number} column
 * @property {number} row
 */

import { clampIndex, nextIndex } from "../shared/grid_keys.js";

/**
 * Return where a key leads to: up and down in a list, left and right to the same row of the next
 * one. A list that stands alone is laid out as a grid. Undefined if the key moves nothing.
 *
 * @param {string} key
 * @param {Position} from
 * @param {number[]} lengths of the lists
 * @param {number} gridColumns of a list that stands alone
 * @returns {Position | undefined}
 */
export function nextPosition(key, { column, row }, lengths, gridColumns) {
  const side = { ArrowRight: 1, ArrowLeft: -1 }[key];
  if (side && lengths.length > 1) {
    const length = lengths[column + side];
    if (!length) return { column, row };
    return { column: column + side, row: clampIndex(row, length) };
  }
  const columns = lengths.length > 1 ? 1 : gridColumns;
  const next = nextIndex(key, row, lengths[column], columns);
  return next === undefined ? undefined : { column, row: next };
}
