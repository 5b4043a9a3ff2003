// What the pair browser gets from Python (mmrec_app/errors/pairs.py).

/** @import { GradedData, GradingWords, KeyMeaning, Picture } from "../grading/data.js" */

/**
 * @typedef {GradedData & OwnData} PairsData
 * @typedef {object} OwnData
 * @property {string} page another one starts anew
 * @property {Pair[]} pairs
 * @property {string} ranker whose errors these are
 * @property {number} threshold 0 to 1
 * @property {KeyMeaning[]} keys
 * @property {GradingWords & { list: string }} words
 */

/**
 * @typedef {object} Pair
 * @property {string} href to the candidate's explanation
 * @property {Picture} query
 * @property {Picture} candidate
 * @property {boolean} relevant
 * @property {number} place the ranker's rank
 * @property {string} rank the same in words
 * @property {Bar[]} bars
 */

/**
 * A ranker's probability `p`, `value` in words.
 *
 * @typedef {{ name: string, p: number | null, value: string, chosen: boolean }} Bar
 */

export {};
