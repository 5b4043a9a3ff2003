// Where points share pixels: how many there are gives a colour its strength, and what they are gives
// the colour. Nothing is left out: each point is counted in its pixel.

/** @import { Layer, PlaceOfGrid } from "./raster.js" */

import { CONTEXT, FADED, UNNAMED } from "./styles.js";

const WEAKEST = 0.45; // opacity of one point alone
const BUILDS_UP = 4; // times the usual number at a place: there the colour is full
const LEAST_FULL = 10;
const MOST_FULL = 65535;
const DEEPER_FROM = 0.6; // of the scale, from where a colour goes towards the text's
const DEEPEST = 0.35; // share of the text's colour at the end
const MOST_TALLIED = 65535;

/**
 * Return from how many points at a place on its colour is full.
 *
 * @param {number} usual number at the place of a point
 */
export function fullFrom(usual) {
  return Math.min(Math.max(Math.round(BUILDS_UP * usual), LEAST_FULL), MOST_FULL);
}

/**
 * Return the opacity by the number of points at a place, and the share of the text's colour.
 *
 * @param {number} full number from which on the colour is full
 */
export function strengths(full) {
  const opacity = new Float32Array(full + 1);
  const depth = new Float32Array(full + 1);
  for (let n = 1; n <= full; n++) {
    const place = Math.log(n) / Math.log(full);
    opacity[n] = WEAKEST + (1 - WEAKEST) * place;
    depth[n] = DEEPEST * Math.max((place - DEEPER_FROM) / (1 - DEEPER_FROM), 0);
  }
  return { opacity, depth };
}

/**
 * What was counted: points in view, and those of them that have a pixel of their own.
 *
 * @typedef {{ inView: number, alone: number }} Counted
 */

export class Density {
  // All have a row above and a column to the left, so that each pixel has neighbours there.
  rowLength = 1;
  rows = 1;
  counts = new Uint32Array(1);
  /** The highest style, pixel by pixel. */
  highest = new Uint8Array(1);
  /** How many of each colour, pixel by pixel. */
  tallies = new Uint16Array();

  /**
   * @param {number} width in CSS pixels
   * @param {number} height
   */
  resize(width, height) {
    const [rowLength, rows] = [Math.ceil(width) + 1, Math.ceil(height) + 1];
    if (this.rowLength === rowLength && this.rows === rows) return;
    [this.rowLength, this.rows] = [rowLength, rows];
    this.counts = new Uint32Array(rowLength * rows);
    this.highest = new Uint8Array(rowLength * rows);
    this.tallies = new Uint16Array();
  }

  /**
   * Count a layer's points pixel by pixel.
   *
   * @param {Layer} layer
   * @param {PlaceOfGrid} place in CSS pixels
   * @returns {Counted}
   */
  count({ points, runs, styles, first, last, colours, byLevel }, { scale, left, top }) {
    const { counts, highest, rowLength, rows } = this;
    const kinds = colours + 1;
    if (!byLevel && this.tallies.length !== counts.length * kinds) {
      this.tallies = new Uint16Array(counts.length * kinds);
    }
    const { tallies } = this;
    const kindOf = kindsOfStyles(colours);
    const [fromX, fromY] = [left + 1, top + 1];
    let inView = 0;
    let alone = 0;
    for (let run = 0; run < runs.length; run += 2) {
      const end = runs[run + 1];
      for (let i = runs[run]; i < end; i++) {
        const style = styles[i];
        if (style < first || style > last) continue;
        const x = points[2 * i] * scale + fromX;
        const y = fromY - points[2 * i + 1] * scale;
        if (!(x >= 1 && y >= 1 && x < rowLength && y < rows)) continue;
        const place = (y | 0) * rowLength + (x | 0);
        const n = ++counts[place];
        inView++;
        if (n === 1) alone++;
        else if (n === 2) alone--;
        if (byLevel) {
          if (style > highest[place]) highest[place] = style;
        } else {
          const tally = place * kinds + kindOf[style];
          if (tallies[tally] < MOST_TALLIED) tallies[tally]++;
        }
      }
    }
    return { inView, alone };
  }

  /**
   * Draw what was counted over an image, and forget it. A point covers two by two CSS pixels.
   *
   * @param {Layer} layer
   * @param {Uint32Array} pixels
   * @param {number} width of the image, in device pixels
   * @param {number} ratio device pixels per CSS pixel
   */
  draw({ table, first, last, colours, byLevel, full }, pixels, width, ratio) {
    const { counts, highest, tallies, rowLength, rows } = this;
    const height = pixels.length / width;
    const kinds = colours + 1;
    const squares = byLevel ? new Float32Array() : squaresOfKinds(table.pixels, first, colours);
    const { opacity, depth } = strengths(full);
    const deepens = first !== CONTEXT && last < FADED;
    const [textRed, textGreen, textBlue] = table.text;
    for (let y = 1; y < rows; y++) {
      const toY = Math.min(Math.ceil(y * ratio), height);
      for (let x = 1; x < rowLength; x++) {
        const place = y * rowLength + x;
        const above = place - rowLength;
        const n = counts[place] + counts[place - 1] + counts[above] + counts[above - 1];
        if (!n) continue;
        let red = 0;
        let green = 0;
        let blue = 0;
        if (byLevel) {
          const style = Math.max(
            counts[place] && highest[place],
            counts[place - 1] && highest[place - 1],
            counts[above] && highest[above],
            counts[above - 1] && highest[above - 1],
          );
          const colour = table.pixels[style];
          red = colour & 255;
          green = (colour >> 8) & 255;
          blue = (colour >> 16) & 255;
        } else {
          const [here, besides] = [place * kinds, (place - 1) * kinds];
          const [over, across] = [above * kinds, (above - 1) * kinds];
          let sum = 0;
          for (let kind = 0; kind < kinds; kind++) {
            const held =
              tallies[here + kind] +
              tallies[besides + kind] +
              tallies[over + kind] +
              tallies[across + kind];
            if (!held) continue;
            const weight = held * held;
            sum += weight;
            red += weight * squares[3 * kind];
            green += weight * squares[3 * kind + 1];
            blue += weight * squares[3 * kind + 2];
          }
          red = Math.sqrt(red / sum);
          green = Math.sqrt(green / sum);
          blue = Math.sqrt(blue / sum);
        }
        const strong = n < full ? n : full;
        if (deepens) {
          const share = depth[strong];
          red += (textRed - red) * share;
          green += (textGreen - green) * share;
          blue += (textBlue - blue) * share;
        }
        const alpha = opacity[strong];
        const toX = Math.min(Math.ceil(x * ratio), width);
        for (let j = Math.ceil((y - 1) * ratio); j < toY; j++) {
          for (let i = Math.ceil((x - 1) * ratio); i < toX; i++) {
            const below = pixels[j * width + i];
            const r = (below & 255) + (red - (below & 255)) * alpha;
            const g = ((below >> 8) & 255) + (green - ((below >> 8) & 255)) * alpha;
            const b = ((below >> 16) & 255) + (blue - ((below >> 16) & 255)) * alpha;
            pixels[j * width + i] =
              (255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r);
          }
        }
      }
    }
    counts.fill(0);
    if (byLevel) highest.fill(0);
    else tallies.fill(0);
  }
}

/**
 * Return what is tallied of each style: its colour of the palette, or that of no category.
 *
 * @param {number} colours in the palette
 */
function kindsOfStyles(colours) {
  return Uint8Array.from({ length: 2 * FADED }, (_, style) => {
    const solid = style % FADED;
    return solid === CONTEXT || solid === UNNAMED ? colours : (solid - 1) % colours;
  });
}

/**
 * Return the squares of the kinds' red, green and blue: light adds up by them, nearly.
 *
 * @param {Uint32Array} pixels by style
 * @param {number} first style of the layer
 * @param {number} colours in the palette
 */
function squaresOfKinds(pixels, first, colours) {
  const faded = first >= FADED ? FADED : 0;
  const squares = new Float32Array(3 * (colours + 1));
  for (let kind = 0; kind <= colours; kind++) {
    const colour = pixels[faded + (kind < colours ? 1 + kind : UNNAMED)];
    for (let channel = 0; channel < 3; channel++) {
      squares[3 * kind + channel] = ((colour >> (8 * channel)) & 255) ** 2;
    }
  }
  return squares;
}
