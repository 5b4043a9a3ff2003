// What part of the map the canvas shows. Places are on the grid, y upwards; screen coordinates are
// CSS pixels, y downwards.

/** @import { Bounds, Place } from "./geometry.js" */

/** @typedef {{ x: number, y: number, scale: number }} Target the middle, and pixels per grid unit */

import { GRID } from "./geometry.js";

const MAX_ZOOM = 160;
const MIN_ZOOM = 0.5;
const MARGIN = 0.05; // of the canvas, around the whole map
const TOOLBAR = 68; // pixels at the left: the buttons, and half a picture beside them
const FLIGHT = 250; // milliseconds

export class View {
  width = 1;
  height = 1;
  scale = 1;
  x = GRID / 2;
  y = GRID / 2;
  /** @type {Bounds} */
  bounds = [0, 0, GRID, GRID];
  animation = 0;

  /**
   * @param {number} width
   * @param {number} height
   */
  resize(width, height) {
    const zoom = this.zoom;
    this.width = Math.max(width, 1);
    this.height = Math.max(height, 1);
    this.scale = zoom * this.fitScale;
  }

  /** Where the middle of what is shown stands: that of the canvas beside the toolbar. */
  get middleX() {
    return this.width / 2 + this.shift;
  }

  get shift() {
    return Math.max(this.left - this.width * MARGIN, 0) / 2;
  }

  /** Up to where the toolbar covers the canvas. */
  get left() {
    return Math.min(TOOLBAR, this.width / 2);
  }

  /** The scale at which the whole map fits. */
  get fitScale() {
    const [left, low, right, high] = this.bounds;
    const share = 1 - 2 * MARGIN;
    return Math.min(
      (this.width * share - 2 * this.shift) / Math.max(right - left, 1),
      (this.height * share) / Math.max(high - low, 1),
    );
  }

  get zoom() {
    return this.scale / this.fitScale;
  }

  /** @param {number} x */
  screenX(x) {
    return (x - this.x) * this.scale + this.middleX;
  }

  /** @param {number} y */
  screenY(y) {
    return this.height / 2 - (y - this.y) * this.scale;
  }

  /** @param {number} x */
  gridX(x) {
    return (x - this.middleX) / this.scale + this.x;
  }

  /** @param {number} y */
  gridY(y) {
    return (this.height / 2 - y) / this.scale + this.y;
  }

  /**
   * The part of the grid that the canvas shows.
   *
   * @returns {Bounds}
   */
  get visible() {
    return [this.gridX(0), this.gridY(this.height), this.gridX(this.width), this.gridY(0)];
  }

  /**
   * @param {number} dx in pixels
   * @param {number} dy
   */
  pan(dx, dy) {
    this.stop();
    this.x -= dx / this.scale;
    this.y += dy / this.scale;
    this.clamp();
  }

  /**
   * Zoom so that the place under (x, y) stays there.
   *
   * @param {number} x in pixels
   * @param {number} y
   * @param {number} factor
   */
  zoomAt(x, y, factor) {
    this.stop();
    const gridX = this.gridX(x);
    const gridY = this.gridY(y);
    this.scale = this.clampedScale(this.scale * factor);
    this.x = gridX - (x - this.middleX) / this.scale;
    this.y = gridY + (y - this.height / 2) / this.scale;
    this.clamp();
  }

  /** @param {number} scale */
  clampedScale(scale) {
    const fit = this.fitScale;
    return Math.min(Math.max(scale, fit * MIN_ZOOM), fit * MAX_ZOOM);
  }

  /** Keep the middle of what is shown on the map. */
  clamp() {
    const [left, low, right, high] = this.bounds;
    this.x = Math.min(Math.max(this.x, left), right);
    this.y = Math.min(Math.max(this.y, low), high);
  }

  /** @returns {Target} the view of the whole map */
  whole() {
    const [left, low, right, high] = this.bounds;
    return { x: (left + right) / 2, y: (low + high) / 2, scale: this.fitScale };
  }

  /**
   * Return the view that holds some places.
   *
   * @param {Place[]} places
   * @param {number} maxZoom
   * @returns {Target}
   */
  around(places, maxZoom) {
    const xs = places.map((place) => place.x);
    const ys = places.map((place) => place.y);
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    const [low, high] = [Math.min(...ys), Math.max(...ys)];
    const scale = Math.min(
      (0.6 * this.width) / Math.max(right - left, 1),
      (0.6 * this.height) / Math.max(high - low, 1),
      maxZoom * this.fitScale,
    );
    return { x: (left + right) / 2, y: (low + high) / 2, scale: Math.max(scale, this.fitScale) };
  }

  /** @param {Target} target */
  set(target) {
    this.stop();
    Object.assign(this, target);
  }

  /**
   * Move to a target within a quarter of a second, drawing each step.
   *
   * @param {Target} target
   * @param {() => void} draw
   */
  fly(target, draw) {
    this.stop();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.set(target);
      draw();
      return;
    }
    const from = { x: this.x, y: this.y, scale: this.scale };
    const start = performance.now();
    const step = (/** @type {number} */ now) => {
      const time = Math.min(Math.max((now - start) / FLIGHT, 0), 1);
      const eased = 1 - (1 - time) ** 3;
      this.scale = from.scale * (target.scale / from.scale) ** eased;
      this.x = from.x + (target.x - from.x) * eased;
      this.y = from.y + (target.y - from.y) * eased;
      this.animation = time < 1 ? requestAnimationFrame(step) : 0;
      draw();
    };
    this.animation = requestAnimationFrame(step);
  }

  stop() {
    if (this.animation) cancelAnimationFrame(this.animation);
    this.animation = 0;
  }
}
