// What the blind comparison gets from Python (mmrec_app/compare/session.py).

/** @import { KeyMeaning, Picture, ReviewData } from "../grading/data.js" */

/** @typedef {"left" | "right" | "both good" | "both bad"} Choice */

/**
 * A comparison as it is sent: the query, and the systems by their sides.
 *
 * @typedef {{ query: string, left: string, right: string, k: number }} Compared
 */

/**
 * @typedef {object} SystemList
 * @property {string} system
 * @property {string} name shown once a choice is made
 * @property {Picture[]} pictures best first
 */

/**
 * A query to compare the lists of.
 *
 * @typedef {object} Item
 * @property {Picture} query
 * @property {string} href to its recommendations
 * @property {SystemList} left
 * @property {SystemList} right
 */

/**
 * @typedef {ReviewData & OwnData} CompareData
 * @typedef {object} OwnData
 * @property {string} comparison changes with what is compared
 * @property {number} k
 * @property {Item[]} items the next queries; none where all are compared
 * @property {KeyMeaning[]} keys
 * @property {CompareWords} words
 */

/**
 * @typedef {object} CompareWords
 * @property {string} query
 * @property {string} ask
 * @property {Record<Choice, string>} choices
 * @property {string} chosen before the last choice
 * @property {string} open
 * @property {string} undo
 * @property {string} undone
 * @property {string} saving
 * @property {string} saved
 * @property {string} wait
 */

export {};
