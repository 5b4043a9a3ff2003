// Draws points straight into the pixels of a 2D canvas: no GPU is needed. Those that can be told
// apart are drawn one by one; where there are too many for that, their density is.

/** @import { Counted } from "./density.js" */
/** @import { StyleTable } from "./styles.js" */

import { context2d } from "./canvas.js";
import { Density } from "./density.js";
import { Stamps, print } from "./stamps.js";
import { inDrawingOrder } from "./styles.js";

/**
 * Points that are drawn alike, over those of the layers before: grey ones, those outside the
 * selection, those in full colour.
 *
 * @typedef {object} Layer
 * @property {Uint16Array} points x and y in turn
 * @property {number[]} runs of points in view, begin and end in turn
 * @property {Uint8Array} styles
 * @property {number} first style of the layer
 * @property {number} last
 * @property {StyleTable} table
 * @property {number} colours in the palette
 * @property {boolean} byLevel whether the highest style is drawn over the others
 * @property {number | null} radius in CSS pixels; null for the density
 * @property {number} full points at a place from which on the density's colour is full
 */

/** @typedef {{ scale: number, left: number, top: number }} PlaceOfGrid its origin on the canvas */

export class Raster {
  /** @type {ImageData | null} */
  image = null;
  pixels = new Uint32Array();
  ratio = 1;
  density = new Density();
  stamps = new Stamps();

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = context2d(canvas, { alpha: false });
  }

  /**
   * @param {number} width in CSS pixels
   * @param {number} height
   * @param {number} ratio device pixels per CSS pixel
   */
  resize(width, height, ratio) {
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    this.ratio = ratio;
    this.density.resize(width, height);
    if (this.image && this.canvas.width === across && this.canvas.height === down) return;
    this.canvas.width = across;
    this.canvas.height = down;
    this.image = this.context.createImageData(across, down);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.stamps.resize(across);
  }

  /**
   * Return what was counted in each layer, null for one whose points are drawn singly.
   *
   * @param {Layer[]} layers the lowest first
   * @param {number} background as a pixel
   * @param {PlaceOfGrid} place in CSS pixels
   * @returns {(Counted | null)[]}
   */
  draw(layers, background, place) {
    const { pixels, image } = this;
    if (!image) return [];
    pixels.fill(background);
    const counted = layers.map((layer) => {
      if (layer.radius !== null) {
        this.drawSingly(layer, layer.radius, place);
        return null;
      }
      const found = this.density.count(layer, place);
      this.density.draw(layer, pixels, image.width, this.ratio);
      return found;
    });
    this.context.putImageData(image, 0, 0);
    return counted;
  }

  /**
   * @param {Layer} layer
   * @param {number} radius in CSS pixels
   * @param {PlaceOfGrid} place in CSS pixels
   */
  drawSingly(layer, radius, place) {
    const { points, styles, table } = layer;
    const { pixels, image, ratio } = this;
    if (!image) return;
    const { width, height } = image;
    const stamps = this.stamps.of(radius * ratio);
    const { reach } = stamps[0];
    const scale = place.scale * ratio;
    const [left, top] = [place.left * ratio, place.top * ratio];
    const [right, bottom] = [width - reach - 1, height - reach - 1];
    const order = inDrawingOrder(layer);
    for (let k = 0; k < order.length; k++) {
      const i = order[k];
      const x = points[2 * i] * scale + left;
      const y = top - points[2 * i + 1] * scale;
      if (!(x >= reach && x < right && y >= reach && y < bottom)) continue;
      const style = styles[i];
      print(stamps[table.shapes[style]], pixels, (y | 0) * width + (x | 0), table.pixels[style]);
    }
  }
}
