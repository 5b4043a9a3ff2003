// What the ranked lists get from Python (mmrec_app/recommend/lists.py).

/** @import { ClusterMark } from "../shared/elements.js" */

/**
 * @typedef {object} ListsData
 * @property {Column[]} columns one a ranker
 * @property {boolean} joined whether lines join the same picture in the first two
 * @property {Absent[]} absent rankers that have no list for this query
 * @property {Place | null} selected the result that is explained
 * @property {string | null} against id of the result that it is compared with
 * @property {string} reasons selector of what explains it, to scroll to on a narrow screen
 * @property {{ follow: string, lists: string }} words
 */

/**
 * A card's place: key of its list, and id.
 *
 * @typedef {{ list: string, id: string }} Place
 */

/**
 * Why a ranker has no list, and whether that stands before the lists or after them.
 *
 * @typedef {{ title: string, text: string, first: boolean }} Absent
 */

/**
 * @typedef {object} Column
 * @property {string} key
 * @property {string} title
 * @property {string} meaning
 * @property {string} note
 * @property {string} label the list's name for a screen reader
 * @property {Card[]} cards
 * @property {{ after: number, text: string, tip: string } | null} end a line after so many cards
 */

/**
 * @typedef {object} Card
 * @property {string} id
 * @property {string} href to the explanation
 * @property {string} query_href to what is recommended for it
 * @property {string} src
 * @property {string} alt also what its small link is named by
 * @property {string} tip
 * @property {string} rank
 * @property {string} value
 * @property {string | null} note
 * @property {number} share length of the bar, 0 to 1
 * @property {number | null} threshold where the bar is marked, 0 to 1
 * @property {boolean} below below the threshold
 * @property {string} caption
 * @property {boolean} uncaptioned
 * @property {{ sign: string, text: string } | null} stack how many it stands for
 * @property {{ sign: string, kind: string, text: string } | null} known its relevance
 * @property {ClusterMark} cluster
 * @property {string | null} only
 * @property {Elsewhere[]} elsewhere
 */

/**
 * Its place in another list, and how that is read out.
 *
 * @typedef {{ name: string, rank: string, near: boolean, tip: string, said: string }} Elsewhere
 */

export {};
