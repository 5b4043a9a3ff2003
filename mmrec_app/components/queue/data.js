// What the disagreement queue gets from Python (mmrec_app/errors/queue.py).

/** @import { GradingWords, Judgements, KeyMeaning, Picture } from "../grading/data.js" */

/**
 * @typedef {object} QueueData
 * @property {number} ack number of the last event that the server has
 * @property {Picture} query
 * @property {[string, string][]} facts the query's, name and value
 * @property {Column[]} columns one a ranker
 * @property {Judgements} grades
 * @property {Record<string, string[]>} tags the visitor's own, by candidate
 * @property {string[]} known_tags
 * @property {string[]} preload pictures to fetch: the next query's
 * @property {number} note_length
 * @property {number} tag_length
 * @property {KeyMeaning[]} keys
 * @property {GradingWords & QueueWords} words
 */

/**
 * @typedef {object} QueueWords
 * @property {string} note
 * @property {string} note_first instead of it while there is no grade
 * @property {string} tag
 * @property {string} untag
 */

/**
 * @typedef {object} Column
 * @property {string} ranker
 * @property {string} name
 * @property {string} about
 * @property {Candidate[]} cards
 */

/**
 * @typedef {Picture & CandidateFacts} Candidate
 * @typedef {object} CandidateFacts
 * @property {number} place the ranker's rank
 * @property {string} rank the same as text
 * @property {string} value
 * @property {"relevant" | "irrelevant" | null} known shown once the candidate is graded
 */

export {};
