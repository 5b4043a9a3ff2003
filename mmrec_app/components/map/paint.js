// How each point is to be drawn, and in which order: grey context first, what matters last.

export const NONE = 65535; // a category code: none
export const UNKNOWN = 255; // a value: not measured
export const SHAPES = 6;
export const LEVELS = 48;

const CONTEXT = 0;
const UNNAMED = 49; // an image without a category
export const FADED = 64; // added to a style: outside the selection

// `shown` is a bit for each image or null for all; `isolated` a Set of codes, empty for all.
export function active(count, { shown, codes, isolated, values }) {
  const found = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    found[i] =
      (!shown || (shown[i >> 3] >> (i & 7)) & 1) &&
      (!isolated.size || isolated.has(codes[i])) &&
      (!values || values[i] !== UNKNOWN)
        ? 1
        : 0;
  }
  return found;
}

// Return the style of each point, and all points in the order in which to draw them.
export function paint(count, { live, codes, values, selected, colours }) {
  const styles = new Uint8Array(count);
  const wheel = colours * SHAPES;
  for (let i = 0; i < count; i++) {
    if (!live[i]) continue;
    let style;
    if (values) style = 1 + Math.floor((values[i] * LEVELS) / 255);
    else style = codes[i] === NONE ? UNNAMED : 1 + (codes[i] % wheel);
    styles[i] = selected && !selected[i] ? style + FADED : style;
  }
  return { styles, order: ordered(styles, Boolean(values)) };
}

function ordered(styles, byLevel) {
  const starts = new Uint32Array(130);
  const rank = (style) => {
    if (style === CONTEXT) return 0;
    const above = style >= FADED ? 1 : 65;
    return above + (byLevel ? style % FADED : 0);
  };
  const ranks = new Uint8Array(128).map((_, style) => rank(style));
  for (let i = 0; i < styles.length; i++) starts[ranks[styles[i]] + 1]++;
  for (let r = 1; r < starts.length; r++) starts[r] += starts[r - 1];
  const order = new Uint32Array(styles.length);
  for (let i = 0; i < styles.length; i++) order[starts[ranks[styles[i]]]++] = i;
  return order;
}

// Return the colour (as a pixel) and the shape of each style.
export function looks({ palette, scale, background, text }) {
  const pixels = new Uint32Array(128);
  const shapes = new Uint8Array(128);
  const colours = new Array(FADED).fill(text);
  const set = (style, colour, shape = 0) => {
    colours[style] = colour;
    pixels[style] = pixel(colour);
    pixels[style + FADED] = pixel(mix(background, colour, 0.22));
    shapes[style] = shapes[style + FADED] = shape;
  };
  set(CONTEXT, mix(background, text, 0.16));
  if (scale) {
    for (let level = 0; level <= LEVELS; level++) set(1 + level, along(scale, level / LEVELS));
  } else {
    for (let code = 0; code < palette.length * SHAPES; code++) {
      const shape = Math.floor(code / palette.length);
      set(1 + code, palette[code % palette.length], shape);
    }
    set(UNNAMED, mix(background, text, 0.45));
  }
  return { pixels, shapes, colours, background: pixel(background) };
}

// Colours are [red, green, blue], 0 … 255.
export function parsed(text) {
  const hex = /^#([0-9a-f]{6})$/i.exec(text.trim());
  if (hex) return [0, 2, 4].map((at) => parseInt(hex[1].slice(at, at + 2), 16));
  const numbers = text.match(/[\d.]+/g)?.map(Number);
  return numbers?.length >= 3 ? numbers.slice(0, 3) : [255, 255, 255];
}

export function mix(one, other, share) {
  return one.map((value, at) => value + (other[at] - value) * share);
}

export function along(scale, t) {
  const at = t * (scale.length - 1);
  const low = Math.min(Math.floor(at), scale.length - 2);
  return mix(scale[low], scale[low + 1], at - low);
}

export function css(colour) {
  return `rgb(${colour.map(Math.round).join(" ")})`;
}

function pixel(colour) {
  const [red, green, blue] = colour.map(Math.round);
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
