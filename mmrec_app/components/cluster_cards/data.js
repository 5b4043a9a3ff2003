// What the cards of clusters get from Python (mmrec_app/clusters/cards.py).

/** @import { ClusterMark } from "../shared/elements.js" */

/**
 * @typedef {object} ClusterCardsData
 * @property {string} label the list's name for a screen reader
 * @property {ClusterCard[]} cards
 * @property {boolean} small
 */

/**
 * @typedef {ClusterMark & { href: string, title: string, name: string }} ClusterLink
 */

/**
 * The last five are not on small cards.
 *
 * @typedef {ClusterLink & CardText} ClusterCard
 * @typedef {object} CardText
 * @property {string} kind what is named: a cluster
 * @property {string[]} pictures
 * @property {string} words
 * @property {string} note
 * @property {[string, string][]} [figures] lines, left and right
 * @property {number | null} [share] of the commonest category, 0 to 1
 * @property {string} [category] the commonest, "" without categories
 * @property {string} [near_label]
 * @property {ClusterLink[]} [near]
 */

export {};
