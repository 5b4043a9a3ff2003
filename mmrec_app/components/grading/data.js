// What all ways to review get from Python (mmrec_app/shared/grading.py).

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
 * @property {string} explain
 * @property {string} grade
 * @property {string[]} grades names of the grades from 1 on
 * @property {string} saving
 * @property {string} saved
 * @property {string} removed
 * @property {string} undo
 * @property {string} undone
 */

/**
 * What a component in which somebody reviews is given beside its own data.
 *
 * @typedef {object} ReviewData
 * @property {number} ack number of the last event that the server has
 * @property {Question | null} question to ask before the first event; null if it was answered
 * @property {Memory} memory
 * @property {boolean} closed whether this visitor may only look
 */

/**
 * What a grading component is given beside its own data.
 *
 * @typedef {ReviewData & { grades: Judgements, words: GradingWords }} GradedData
 */

/**
 * What the browser is to remember of a reviewer.
 *
 * @typedef {object} Memory
 * @property {string} cookie its name
 * @property {string} anonymous the name of this browser's anonymous reviewer
 * @property {string | null} name "" for anonymous by choice, null where nothing was chosen
 */

/**
 * @typedef {object} Question
 * @property {string} title
 * @property {string} name
 * @property {string} about
 * @property {string} take
 * @property {string} anonymous
 * @property {number} longest name
 */

/**
 * A pair as its grade is sent: with the ranker that listed it, and the rank there.
 *
 * @typedef {{ query: string, candidate: string, ranker: string, rank: number }} RankedPair
 */

/**
 * What was graded last, or `undone`: the grade that the pair has since, 0 for none.
 *
 * @typedef {{ pair: RankedPair, grade: number, undone: boolean }} Graded
 */

export {};
