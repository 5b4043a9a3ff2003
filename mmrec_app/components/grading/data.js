// What both ways to grade get from Python (mmrec_app/errors/events.py).

/**
 * @typedef {object} Picture
 * @property {string} id
 * @property {string} src
 * @property {string} alt
 * @property {string} tip
 * @property {string} caption
 * @property {boolean} uncaptioned
 */

/**
 * What is said of a pair: the visitor's own grade, 0 for none, and note; the others' grades.
 *
 * @typedef {{ grade: number, note: string, others?: string }} Judgement
 */

/**
 * Judgements by query and candidate.
 *
 * @typedef {Record<string, Record<string, Judgement>>} Judgements
 */

/**
 * A key, or several with spaces between, and what it does.
 *
 * @typedef {[string, string]} KeyMeaning
 */

/**
 * @typedef {object} GradingWords
 * @property {string} query
 * @property {string} candidate
 * @property {string} relevant
 * @property {string} irrelevant
 * @property {string} open
 * @property {string} grade
 * @property {string[]} grades names of the grades from 1 on
 */

/**
 * A pair as its grade is sent: with the ranker that listed it, and the rank there.
 *
 * @typedef {{ query: string, candidate: string, ranker: string, rank: number }} RankedPair
 */

export {};
