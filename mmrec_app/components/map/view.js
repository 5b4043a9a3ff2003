// What part of the map the canvas shows. Points lie on a grid of 0 … 65535 in both directions, y
// upwards; screen coordinates are CSS pixels, y downwards.

const MOST_ZOOM = 160;
const LEAST_ZOOM = 0.5;
const MARGIN = 0.05;

export class View {
  constructor() {
    this.width = 1;
    this.height = 1;
    this.scale = 1;
    this.x = 32768;
    this.y = 32768;
    this.bounds = [0, 0, 65535, 65535];
    this.frame = 0;
  }

  resize(width, height) {
    const zoom = this.zoom;
    this.width = Math.max(width, 1);
    this.height = Math.max(height, 1);
    this.scale = zoom * this.fitScale;
  }

  get fitScale() {
    const [left, low, right, high] = this.bounds;
    const room = 1 - 2 * MARGIN;
    return Math.min(
      (this.width * room) / Math.max(right - left, 1),
      (this.height * room) / Math.max(high - low, 1),
    );
  }

  get zoom() {
    return this.scale / this.fitScale;
  }

  screenX(x) {
    return (x - this.x) * this.scale + this.width / 2;
  }

  screenY(y) {
    return this.height / 2 - (y - this.y) * this.scale;
  }

  mapX(x) {
    return (x - this.width / 2) / this.scale + this.x;
  }

  mapY(y) {
    return (this.height / 2 - y) / this.scale + this.y;
  }

  pan(dx, dy) {
    this.stop();
    this.x -= dx / this.scale;
    this.y += dy / this.scale;
    this.clamp();
  }

  // Zoom so that the place under (x, y) stays there.
  zoomAt(x, y, factor) {
    this.stop();
    const mapX = this.mapX(x);
    const mapY = this.mapY(y);
    this.scale = this.within(this.scale * factor);
    this.x = mapX - (x - this.width / 2) / this.scale;
    this.y = mapY + (y - this.height / 2) / this.scale;
    this.clamp();
  }

  within(scale) {
    const fit = this.fitScale;
    return Math.min(Math.max(scale, fit * LEAST_ZOOM), fit * MOST_ZOOM);
  }

  clamp() {
    const [left, low, right, high] = this.bounds;
    this.x = Math.min(Math.max(this.x, left), right);
    this.y = Math.min(Math.max(this.y, low), high);
  }

  whole() {
    const [left, low, right, high] = this.bounds;
    return { x: (left + right) / 2, y: (low + high) / 2, scale: this.fitScale };
  }

  // The view that holds these places, not nearer than `most` times the whole map.
  around(places, most) {
    const xs = places.map((place) => place.x);
    const ys = places.map((place) => place.y);
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    const [low, high] = [Math.min(...ys), Math.max(...ys)];
    const scale = Math.min(
      (0.6 * this.width) / Math.max(right - left, 1),
      (0.6 * this.height) / Math.max(high - low, 1),
      most * this.fitScale,
    );
    return { x: (left + right) / 2, y: (low + high) / 2, scale: Math.max(scale, this.fitScale) };
  }

  set(target) {
    this.stop();
    Object.assign(this, target);
  }

  // Move to `target` within a quarter of a second, drawing each step.
  fly(target, draw) {
    this.stop();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.set(target);
      draw();
      return;
    }
    const from = { x: this.x, y: this.y, scale: this.scale };
    const start = performance.now();
    const step = (now) => {
      const t = Math.min(Math.max((now - start) / 250, 0), 1);
      const eased = 1 - (1 - t) ** 3;
      this.scale = from.scale * (target.scale / from.scale) ** eased;
      this.x = from.x + (target.x - from.x) * eased;
      this.y = from.y + (target.y - from.y) * eased;
      this.frame = t < 1 ? requestAnimationFrame(step) : 0;
      draw();
    };
    this.frame = requestAnimationFrame(step);
  }

  stop() {
    if (this.frame) cancelAnimationFrame(this.frame);
    this.frame = 0;
  }
}
