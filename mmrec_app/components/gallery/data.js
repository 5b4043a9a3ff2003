// What the gallery gets from Python (mmrec_app/shared/gallery.py).

/** @import { ClusterMark } from "../shared/elements.js" */

/**
 * @typedef {object} GalleryData
 * @property {string} label the grid's name for a screen reader
 * @property {Card[]} cards
 * @property {string[]} preload pictures to fetch once these are there
 * @property {string | null} follow what the small button does; without it there is none
 * @property {string} follow_sign its face
 * @property {string | null} choose what ticking a card is called; without it there is no box
 * @property {string[]} chosen ids of all ticked cards, those not shown included
 * @property {string} width least width of a card, as CSS
 * @property {number} columns most cards in a row
 */

/**
 * @typedef {object} Card
 * @property {string} id
 * @property {string} href where the picture leads
 * @property {string} src
 * @property {string} alt also what its buttons are named by
 * @property {string} tip
 * @property {string} caption
 * @property {boolean} uncaptioned
 * @property {string | null} badge
 * @property {string | null} stack
 * @property {string | null} value
 * @property {string | null} note
 * @property {string | null} mark
 * @property {number | null} share length of the bar, 0 to 1; without it there is none
 * @property {ClusterMark | null} cluster
 */

export {};
