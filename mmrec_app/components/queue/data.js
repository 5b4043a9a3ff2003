// What the disagreement queue gets from Python (mmrec_app/errors/queue.py).

/** @import { GradedData, GradingWords, KeyMeaning, Picture } from "../grading/data.js" */

/**
 * @typedef {GradedData & OwnData} QueueData
 * @typedef {object} OwnData
 * @property {boolean} open whether rankers and scores show from the start
 * @property {Picture} query
 * @property {[string, string][]} facts the query's, name and value
 * @property {[string, string][]} answers what would give relevance away: once all is graded
 * @property {Column[]} columns one a ranker
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
 * @property {string} letter instead of the name, until all candidates are graded
 * @property {string} name
 * @property {string} about
 * @property {Candidate[]} cards
 */

/**
 * @typedef {Picture & CandidateFacts} Candidate
 * @typedef {object} CandidateFacts
 * @property {string} href to its explanation
 * @property {number} place the ranker's rank
 * @property {string} rank the same as text
 * @property {string} value
 * @property {"relevant" | "irrelevant" | null} known shown once the candidate is graded
 */

export {};
