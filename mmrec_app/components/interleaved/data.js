// What the interleaved list gets from Python (mmrec_app/compare/interleaved.py).

/** @import { KeyMeaning, Picture, ReviewData } from "../grading/data.js" */

/** @typedef {"first" | "second" | "both"} Team */

/** @typedef {{ system: string, name: string }} System its name is shown once the list is done */

/**
 * An interleaved list as it is sent: names of the pictures, and the team of each.
 *
 * @typedef {object} Interleaved
 * @property {string} query
 * @property {string} first
 * @property {string} second
 * @property {string[]} shown
 * @property {Team[]} teams
 * @property {number} k
 */

/**
 * A query with one list made of two.
 *
 * @typedef {object} Item
 * @property {Picture} query
 * @property {string} href to its recommendations
 * @property {System} first
 * @property {System} second
 * @property {Picture[]} pictures best first
 * @property {Team[]} teams of each picture
 */

/**
 * @typedef {ReviewData & OwnData} InterleavedData
 * @typedef {object} OwnData
 * @property {string} comparison changes with what is compared
 * @property {number} k
 * @property {Item[]} items the next queries; none where all are done
 * @property {KeyMeaning[]} keys
 * @property {InterleavedWords} words
 */

/**
 * @typedef {object} InterleavedWords
 * @property {string} query
 * @property {string} list
 * @property {string} ask
 * @property {string} done
 * @property {string} more before who has more clicks
 * @property {string} tie
 * @property {string} none clicked
 * @property {string} both at the top, where both lists agree
 * @property {string} clicked
 * @property {string} open
 * @property {string} undo
 * @property {string} undone
 * @property {string} saving
 * @property {string} saved
 * @property {string} wait
 */

export {};
