// What a visitor does with the map: moves it, points at images, selects and clears.

/** @import { Corner } from "./geometry.js" */
/** @import { Span } from "./data.js" */
/** @import { MapView } from "./main.js" */

import { rounded } from "./geometry.js";
import { simplified } from "./selection.js";

const REACH = 9; // pixels within which a point is under the pointer
const KEYBOARD_REACH = 40; // the same from the middle of the map
const MAX_CORNERS = 64;
const CLOSE_UP = 12; // how far to zoom in at most when an image is asked for
const ZOOM_STEP = 1.6;

export class Interaction {
  hovered = -1;
  /** @type {Corner[] | null} */
  sketched = null;
  /** The row that was clicked, until Python answers. */
  picked = -1;

  /** @param {MapView} map */
  constructor(map) {
    this.map = map;
  }

  get mode() {
    return this.map.toolbar.mode;
  }

  /**
   * @param {number} dx in pixels
   * @param {number} dy
   */
  pan(dx, dy) {
    this.map.view.pan(dx, dy);
    this.map.redraw();
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} factor
   */
  zoom(x, y, factor) {
    this.map.view.zoomAt(x, y, factor);
    this.map.tooltip.hide();
    this.map.redraw();
  }

  zoomIn() {
    this.zoom(...this.middle, ZOOM_STEP);
  }

  zoomOut() {
    this.zoom(...this.middle, 1 / ZOOM_STEP);
  }

  /** Draw anew: the toolbar shows other names or pictures than before. */
  showOther() {
    this.map.redraw();
  }

  fit() {
    this.map.view.fly(this.map.view.whole(), () => this.map.redraw());
  }

  /**
   * @param {number} dx in pixels
   * @param {number} dy
   */
  step(dx, dy) {
    this.pan(dx, dy);
    this.hover(...this.middle, KEYBOARD_REACH);
  }

  flyToMarks() {
    const marks = this.map.content?.marks ?? [];
    if (marks.length)
      this.map.view.fly(this.map.view.around(marks, CLOSE_UP), () => this.map.redraw());
  }

  /** @returns {Corner} of what is shown */
  get middle() {
    return [this.map.view.middleX, this.map.view.height / 2];
  }

  /**
   * Return the point of the image at a place on the canvas, -1 if there is none.
   *
   * @param {number} x
   * @param {number} y
   * @param {number} reach in pixels
   */
  imageAt(x, y, reach) {
    const { content, view } = this.map;
    if (!content?.points.rows) return -1;
    const pictured = this.map.toolbar.showsPictures ? this.map.scene.pictureAt(content, x, y) : -1;
    if (pictured >= 0) return pictured;
    const place = { x: view.gridX(x), y: view.gridY(y) };
    return content.points.nearest(place, reach / view.scale, content.active);
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} [reach]
   */
  hover(x, y, reach = REACH) {
    if (!this.map.content || this.sketched) return;
    const point = this.imageAt(x, y, reach);
    this.map.stage.classList.toggle("pointing", point >= 0 && this.mode === "pan");
    this.setHovered(point);
    if (point < 0) this.map.tooltip.hide();
    else this.map.tooltip.show(point, x, y, this.map.content, this.map.view);
  }

  leave() {
    this.map.tooltip.hide();
    this.map.stage.classList.remove("pointing");
    this.setHovered(-1);
  }

  /** @param {number} point -1 for none */
  setHovered(point) {
    if (point === this.hovered) return;
    this.hovered = point;
    this.map.drawOverlay();
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {boolean} touched by a finger
   */
  click(x, y, touched) {
    this.pick(this.imageAt(x, y, touched ? 2 * REACH : REACH));
  }

  pickMiddle() {
    this.pick(this.imageAt(...this.middle, KEYBOARD_REACH));
  }

  /** @param {number} point -1 for none */
  pick(point) {
    const { content } = this.map;
    if (point < 0 || !content) return;
    const row = content.points.rowOf(point);
    this.picked = row;
    content.choose(point);
    this.map.tooltip.hide();
    this.map.drawOverlay();
    this.map.component.setTriggerValue("picked", row);
  }

  /** @param {Corner[] | null} path on the canvas */
  sketch(path) {
    this.sketched = path;
    this.map.drawOverlay();
  }

  /** @param {Corner[]} path on the canvas */
  select(path) {
    this.sketched = null;
    const corners = simplified(path, 1, MAX_CORNERS);
    const { content, view } = this.map;
    if (!content || corners.length < 3) {
      this.map.drawOverlay();
      return;
    }
    const polygon = rounded(
      corners.map(([x, y]) => content.frame.toMapUnits([view.gridX(x), view.gridY(y)])),
    );
    content.select(polygon);
    this.map.onRestyled();
    this.map.component.setTriggerValue("lassoed", polygon);
  }

  deselect() {
    this.map.content?.select(null);
    this.map.onRestyled();
    this.map.component.setTriggerValue("lassoed", []);
  }

  /** @param {number[]} codes of categories, none for all */
  isolate(codes) {
    this.map.content?.isolate(codes);
    this.map.onRestyled();
    this.map.component.setTriggerValue("isolated", codes);
  }

  /**
   * Colour a part of the scale alone.
   *
   * @param {Span | null} between null for all of it
   * @param {boolean} [done] whether the visitor has let go
   */
  brush(between, done = true) {
    this.map.content?.brush(between);
    this.map.onRestyled();
    if (done) this.map.component.setTriggerValue("brushed", between ?? []);
  }

  /** Take away what was done last: the sketch, the selection, the legend's pick, the mark. */
  clear() {
    const { content } = this.map;
    if (this.sketched) this.sketch(null);
    else if (content?.lasso) this.deselect();
    else if (content?.isolated.size) this.isolate([]);
    else if (content?.between) this.brush(null);
    else if (content?.marks.length) this.map.component.setTriggerValue("picked", -1);
  }
}
