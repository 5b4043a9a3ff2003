// Positions in the queue's columns: walked column by column, from the first row to the last.

/**
 * @typedef {object} Position
 * @property {number} column
 * @property {number} row -1 for none
 */

import { clampIndex } from "../shared/grid_keys.js";

/**
 * @param {number[]} lengths of the columns
 * @returns {Position[]}
 */
export function allPositions(lengths) {
  return lengths.flatMap((length, column) => Array.from({ length }, (_, row) => ({ column, row })));
}

/**
 * Return the position some steps on, within the first and the last.
 *
 * @param {number[]} lengths
 * @param {Position} from
 * @param {number} step
 * @returns {Position}
 */
export function stepped(lengths, from, step) {
  const all = allPositions(lengths);
  return all[clampIndex(indexIn(all, from) + step, all.length)] ?? { column: 0, row: -1 };
}

/**
 * Return the first position after `from`, or from the start on, that a test holds for.
 *
 * @param {number[]} lengths
 * @param {Position} from
 * @param {(position: Position) => boolean} test
 */
export function nextWhere(lengths, from, test) {
  const all = allPositions(lengths);
  const index = indexIn(all, from);
  return [...all.slice(index + 1), ...all.slice(0, Math.max(index, 0))].find(test);
}

/**
 * @param {Position[]} all
 * @param {Position} position
 */
function indexIn(all, { column, row }) {
  return all.findIndex((other) => other.column === column && other.row === row);
}
