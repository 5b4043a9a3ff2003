// What the component gets from Python (mmrec_app/shared/regions.py).

/**
 * Where the cells of a picture lie, in units of its width and height; see Grid in the core.
 *
 * @typedef {object} Grid
 * @property {number} rows
 * @property {number} columns
 * @property {number} left
 * @property {number} top
 * @property {number} width
 * @property {number} height
 */

/**
 * The query, or a result. Its parts are the cells of its picture, the picture as a whole, the words
 * of its caption, the caption as a whole.
 *
 * @typedef {object} ItemData
 * @property {string} title
 * @property {string | null} src
 * @property {string} alt
 * @property {Grid | null} grid
 * @property {string} words_label
 * @property {string} text
 * @property {[number, number][]} words where each begins and ends in the text, in code points
 */

/**
 * @typedef {object} RegionsData
 * @property {string} subject what is explained: another one forgets what was pointed at
 * @property {ItemData} query
 * @property {{ item: ItemData, sign: 1 | -1, adds: string }[]} results `adds`: little-endian
 *   float32 as base64, the query's parts by the result's
 * @property {string} unit
 * @property {{ name: string, value: string, kind: "part" | "sum" }[]} ledger
 * @property {string[]} notes
 * @property {RegionsWords} words
 */

/**
 * Texts; `{value}`, `{word}` and `{title}` are filled in.
 *
 * @typedef {object} RegionsWords
 * @property {string} hint
 * @property {string} region
 * @property {string} word
 * @property {string} strength
 * @property {string} legend
 * @property {string} picture_keys
 * @property {string} ledger
 */

export {};
