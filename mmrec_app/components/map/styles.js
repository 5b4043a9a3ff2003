// How each point is to be drawn: as grey context, in colour, or faded outside the selection.

/** @import { Colour } from "./colours.js" */
/** @import { Span } from "./data.js" */

import { mixed, onScale, pixel } from "./colours.js";

export const NO_CATEGORY = 65535; // as a code
export const NO_VALUE = 255;
/** @type {Span} */
export const WHOLE_SCALE = [0, NO_VALUE - 1];
export const SHAPES = 6;
export const LEVELS = 48; // of a scale

// A style is 0 for grey context, 1 … 48 for categories or 1 … 49 for levels, 49 without a category.
export const CONTEXT = 0;
export const UNNAMED = 49;
export const FADED = 64; // added outside the selection
export const STYLES = 128;

/**
 * What decides about the points' styles. Without codes or values all are alike.
 *
 * @typedef {object} Layers
 * @property {Uint16Array | null} codes
 * @property {Uint8Array | null} values
 * @property {Uint8Array | null} shown a bit for each image, null for all
 */

/**
 * @param {Uint8Array} bits
 * @param {number} index
 */
function hasBit(bits, index) {
  return (bits[index >> 3] >> (index & 7)) & 1;
}

/**
 * Return 1 for each point in colour: it passes the filter, and is of what the legend picks.
 *
 * @param {number} count
 * @param {Layers} layers
 * @param {Set<number>} isolated codes, empty for all
 * @param {Span | null} [between] values in colour, null for all
 */
export function activePoints(count, { codes, values, shown }, isolated, between = null) {
  const [low, high] = between ?? WHOLE_SCALE;
  const flags = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    if (shown && !hasBit(shown, i)) continue;
    if (isolated.size && !(codes && isolated.has(codes[i]))) continue;
    if (values && !(low <= values[i] && values[i] <= high)) continue;
    flags[i] = 1;
  }
  return flags;
}

/**
 * Count the images that pass the filter, by category code.
 *
 * @param {number} count
 * @param {Layers} layers
 */
export function countByCode(count, { codes, shown }) {
  /** @type {Record<number, number>} */
  const counts = {};
  for (let i = 0; codes && i < count; i++) {
    if (shown && !hasBit(shown, i)) continue;
    if (codes[i] !== NO_CATEGORY) counts[codes[i]] = (counts[codes[i]] ?? 0) + 1;
  }
  return counts;
}

/**
 * Return each point's style.
 *
 * @param {Uint8Array} active
 * @param {Layers} layers
 * @param {Uint8Array | null} selected
 * @param {number} colours in the palette
 */
export function styled(active, { codes, values }, selected, colours) {
  const styles = new Uint8Array(active.length);
  const categories = colours * SHAPES;
  for (let i = 0; i < active.length; i++) {
    if (!active[i]) continue;
    let style = UNNAMED;
    if (values) style = 1 + Math.floor((values[i] * LEVELS) / 255);
    else if (codes && codes[i] !== NO_CATEGORY) style = 1 + (codes[i] % categories);
    styles[i] = selected && !selected[i] ? style + FADED : style;
  }
  return styles;
}

/**
 * Return a layer's points in the order in which to draw them, images that come later in the
 * collection's levels last; with `byLevel` the highest styles last.
 *
 * @param {object} layer
 * @param {number[]} layer.runs begin and end in turn
 * @param {Uint8Array} layer.styles
 * @param {number} layer.first style
 * @param {number} layer.last style
 * @param {boolean} layer.byLevel
 */
export function inDrawingOrder({ runs, styles, first, last, byLevel }) {
  const starts = new Uint32Array(STYLES + 1); // counting sort
  const each = (/** @type {(i: number, rank: number) => void} */ act) => {
    for (let run = 0; run < runs.length; run += 2) {
      for (let i = runs[run]; i < runs[run + 1]; i++) {
        if (styles[i] >= first && styles[i] <= last) act(i, byLevel ? styles[i] : 0);
      }
    }
  };
  each((_i, rank) => starts[rank + 1]++);
  for (let rank = 1; rank < starts.length; rank++) starts[rank] += starts[rank - 1];
  const order = new Uint32Array(starts[STYLES]);
  each((i, rank) => (order[starts[rank]++] = i));
  return order;
}

/**
 * By style: the colour as a pixel, the shape, and (without the faded ones) the colour.
 *
 * @typedef {object} StyleTable
 * @property {Uint32Array} pixels
 * @property {Uint8Array} shapes
 * @property {Colour[]} colours
 * @property {number} background as a pixel
 * @property {Colour} text
 */

/**
 * @param {object} given
 * @param {Colour[]} given.palette
 * @param {Colour[] | null} given.scale instead of the palette
 * @param {Colour} given.background
 * @param {Colour} given.text
 * @returns {StyleTable}
 */
export function styleTable({ palette, scale, background, text }) {
  const pixels = new Uint32Array(STYLES);
  const shapes = new Uint8Array(STYLES);
  const colours = new Array(FADED).fill(text);
  /** @type {(style: number, colour: Colour, shape?: number) => void} */
  const set = (style, colour, shape = 0) => {
    colours[style] = colour;
    pixels[style] = pixel(colour);
    pixels[style + FADED] = pixel(mixed(background, colour, 0.22));
    shapes[style] = shapes[style + FADED] = shape;
  };
  set(CONTEXT, mixed(background, text, 0.16));
  if (scale) {
    for (let level = 0; level <= LEVELS; level++) set(1 + level, onScale(scale, level / LEVELS));
  } else {
    for (let code = 0; code < palette.length * SHAPES; code++) {
      const shape = Math.floor(code / palette.length);
      set(1 + code, palette[code % palette.length], shape);
    }
    set(UNNAMED, mixed(background, text, 0.45));
  }
  return { pixels, shapes, colours, background: pixel(background), text };
}
