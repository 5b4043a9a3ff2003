// What the map gets from Python (mmrec_app/map/canvas.py): addresses of files and small settings.

/**
 * @typedef {object} MapData
 * @property {string} points file of Uint16 pairs, on the grid, in the order of the map's levels
 * @property {string} rows file of Uint32: which images these are
 * @property {string | null} codes file of Uint16 category codes, in the same order
 * @property {string | null} values file of Uint8 values, instead of codes, in the same order
 * @property {string | null} shown file of bits in the same order: which images pass the filter; null
 *   for all
 * @property {string} legend file of a `Legend`
 * @property {string} places file of `PlaceNames`
 * @property {[number, number, number]} frame the grid's left and lower edge and size, in map units
 * @property {string | null} texts file of texts by row: what is said of an image under the pointer
 * @property {string[]} palette colours of the categories, which begin anew after the last
 * @property {boolean} ordered whether later categories are drawn over earlier ones
 * @property {boolean} named whether the names on the map are those of the categories
 * @property {{ light: string[], dark: string[] }} scales colours from low to high
 * @property {number[]} isolate codes picked in the legend, none for all
 * @property {Span | null} between ends of the part of the scale that is in colour, null for all
 * @property {[number, number][] | null} lasso corners of the selection, in map units
 * @property {{ x: number, y: number, row: number } | null} chosen the image that is marked, in map
 *   units
 * @property {{ x: number, y: number, row: number | null }[]} stars queries, in map units
 * @property {{ x: number, y: number, row: number, text: string }[]} rings results, with their ranks
 * @property {string | null} focus another name than before: move to the stars and rings
 * @property {string} thumbnail address with {row} in it
 * @property {string} details address with {row} in it
 * @property {string} captions which captions to show
 * @property {string} language
 * @property {MapWords} words
 */

/** @typedef {[number, number]} Span values, both included */

/**
 * @typedef {Record<"map" | "pan" | "lasso" | "box" | "zoom_in" | "zoom_out" | "fit" | "names"
 *   | "pictures" | "clear" | "selected" | "shown" | "all" | "show_all" | "search_legend" | "scale_from" | "scale_to"
 *   | "no_caption" | "unreachable" | "sharing" | "highest" | "at_a_place", string>} MapWords
 */

/**
 * @typedef {object} CategoryLegend
 * @property {"category"} kind
 * @property {string} title
 * @property {{ code: number, name: string, colour: string, glyph: string }[]} entries
 * @property {string[]} [lines] what the categories mean
 */

/**
 * @typedef {object} ScaleLegend
 * @property {"scale"} kind
 * @property {string} title
 * @property {string} low_text
 * @property {string} high_text
 * @property {string} none text of an image without a value
 * @property {string[]} texts by value
 * @property {string[]} lines what the scale means
 */

/** @typedef {CategoryLegend | ScaleLegend} Legend */

/**
 * Names on the map, the largest category first, in map units; and the names of all clusters.
 *
 * @typedef {object} PlaceNames
 * @property {{ code: number, name: string, x: number, y: number }[]} places
 * @property {string[]} clusters
 */

/**
 * What an image's address of details gives.
 *
 * @typedef {object} Details
 * @property {Record<string, string>} captions
 * @property {string} text
 * @property {number} cluster
 * @property {string} image
 */

export {};
