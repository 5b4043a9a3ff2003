// Colours as [red, green, blue], 0 … 255.

/** @typedef {number[]} Colour */

const WHITE = [255, 255, 255];

/**
 * @param {string} text a colour of CSS: #rrggbb or rgb(…)
 * @returns {Colour} white for anything else
 */
export function parsedColour(text) {
  const hex = /^#([0-9a-f]{6})$/i.exec(text.trim());
  if (hex) return [0, 2, 4].map((start) => parseInt(hex[1].slice(start, start + 2), 16));
  const numbers = text.match(/[\d.]+/g)?.map(Number) ?? [];
  return numbers.length >= 3 ? numbers.slice(0, 3) : WHITE;
}

/**
 * @param {Colour} one
 * @param {Colour} other
 * @param {number} share of the other, 0 to 1
 * @returns {Colour}
 */
export function mixed(one, other, share) {
  return one.map((value, channel) => value + (other[channel] - value) * share);
}

/**
 * Return the colour at a place on a scale, between its steps.
 *
 * @param {Colour[]} scale
 * @param {number} place 0 to 1
 */
export function onScale(scale, place) {
  const step = place * (scale.length - 1);
  const low = Math.min(Math.floor(step), scale.length - 2);
  return mixed(scale[low], scale[low + 1], step - low);
}

/** @param {Colour} colour */
export function css(colour) {
  return `rgb(${colour.map(Math.round).join(" ")})`;
}

/**
 * Return an opaque pixel of a canvas as one little-endian number.
 *
 * @param {Colour} colour
 */
export function pixel(colour) {
  const [red, green, blue] = colour.map(Math.round);
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
