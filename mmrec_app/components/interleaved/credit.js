// Whose team the clicks went to.

/** @import { Item } from "./data.js" */

/**
 * Count the clicks of each team.
 *
 * @param {Pick<Item, "pictures" | "teams">} item
 * @param {ReadonlySet<string>} clicked
 */
export function counted({ pictures, teams }, clicked) {
  const of = (/** @type {string} */ team) =>
    pictures.filter(({ id }, index) => teams[index] === team && clicked.has(id)).length;
  return { first: of("first"), second: of("second") };
}
