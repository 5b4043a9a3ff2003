// The map of a collection: all its images as points, drawn without a GPU. Python sends addresses
// of files and small settings; what a person does here stays here, but for a click on a point, a
// selection and a category picked in the legend.

import { make } from "./elements.js";
import { listen } from "./gestures.js";
import { bytes, json } from "./layers.js";
import { Legend } from "./legend.js";
import { NONE, UNKNOWN, active, paint } from "./paint.js";
import { Scene } from "./scene.js";
import { bounds, inside, simplified } from "./selection.js";
import { Toolbar } from "./toolbar.js";
import { Tooltip } from "./tooltip.js";
import KDBush from "./vendor/kdbush.js";
import { View } from "./view.js";

const GRID = 65535;
const REACH = 9; // pixels within which a point is under the pointer
const FAR_REACH = 40; // the same from the middle of the map, for the keyboard
const MOST_CORNERS = 64;
const CLOSE_UP = 12; // how far to zoom in at most when an image is asked for

const maps = new WeakMap();

export function show({ data, parentElement, setTriggerValue }) {
  if (!maps.has(parentElement)) maps.set(parentElement, new MapCanvas(parentElement));
  maps.get(parentElement).update(data, setTriggerValue);
}

class MapCanvas {
  constructor(parent) {
    this.root = make("div", "map", parent);
    this.stage = make("div", "stage", this.root);
    this.stage.tabIndex = 0;
    this.stage.setAttribute("role", "application");
    this.view = new View();
    this.scene = new Scene(this.stage, this.view, () => this.redraw());
    this.toolbar = new Toolbar(this.stage, this);
    this.status = make("div", "status", this.stage);
    this.status.setAttribute("role", "status");
    this.tooltip = new Tooltip(this.stage);
    this.legend = new Legend(this.root, (codes) => this.isolate(codes));
    this.hovered = -1;
    this.generation = 0;
    this.arrangement = 0;
    listen(this.stage, this);
    new ResizeObserver(() => this.scene.resize() && this.drawNow()).observe(this.stage);
  }

  // What Python said ------------------------------------------------------------------------

  async update(data, setTriggerValue) {
    const generation = ++this.generation;
    this.data = data;
    this.send = setTriggerValue;
    if (this.language !== data.language) this.toolbar.build(data.words);
    this.language = data.language;
    this.stage.setAttribute("aria-label", data.words.map);
    try {
      const files = await Promise.all([
        bytes(data.points),
        bytes(data.codes),
        bytes(data.values),
        bytes(data.shown),
        json(data.legend),
        json(data.places),
      ]);
      if (generation === this.generation) this.take(files);
    } catch (error) {
      console.error(error);
      if (generation === this.generation) this.status.textContent = data.words.unreachable;
    }
  }

  take([points, codes, values, shown, legend, places]) {
    const { data } = this;
    if (points !== this.pointBytes) this.takePoints(points);
    this.codes = codes && new Uint16Array(codes);
    this.values = values && new Uint8Array(values);
    this.shown = shown && new Uint8Array(shown);
    this.clusters = places.clusters;
    this.places = places.places.map((place) => ({ ...place, ...this.onGrid(place) }));
    if (this.legendData !== legend) this.legend.build(legend, data.words);
    this.legendData = legend;
    this.isolated = new Set(data.isolate);
    this.lasso = data.lasso?.map(([x, y]) => [this.gridX(x), this.gridY(y)]) ?? null;
    this.stars = data.stars.map((star) => ({ ...this.onGrid(star), row: star.row }));
    this.rings = data.rings.map(({ row, text }) => ({ ...this.at(row), row, text }));
    this.chosen = data.chosen === null ? null : { ...this.at(data.chosen), row: data.chosen };
    this.counts = this.countByCode();
    const clicked = data.chosen !== null && data.chosen === this.picked;
    if (data.focus && data.focus !== this.focused && !clicked) this.goTo();
    this.focused = data.focus;
    this.picked = null;
    this.arrange();
    this.drawNow();
    this.root.dataset.ready = String(this.count);
    if (!this.tree) setTimeout(() => this.index(), 0);
  }

  takePoints(points) {
    this.pointBytes = points;
    this.points = new Uint16Array(points);
    this.count = this.points.length / 2;
    this.tree = null;
    this.scene.pictures.forget();
    this.view.bounds = extent(this.points);
    this.view.set(this.view.whole());
  }

  // Work out the style of every point anew, and say how many there are of what.
  arrange() {
    const { count, codes, values, shown, isolated } = this;
    this.live = active(count, { shown, codes: codes ?? [], isolated, values });
    this.living = this.live.reduce((sum, one) => sum + one, 0);
    this.selected = this.lasso && inside(this.lasso, this.points, count);
    const colours = this.data.palette.length;
    const given = { live: this.live, codes, values, selected: this.selected, colours };
    this.picture = paint(count, given);
    this.arranged = true;
    this.arrangement++;
    this.toolbar.unselect.hidden = !this.lasso;
    this.describe();
    this.redraw();
  }

  index() {
    const tree = new KDBush(this.count, 32, Uint16Array);
    for (let i = 0; i < this.count; i++) tree.add(this.points[2 * i], this.points[2 * i + 1]);
    this.tree = tree.finish();
    this.redraw();
  }

  // The images in colour that the canvas shows, the query and its results first; null if these are
  // more than `most`.
  inView(most) {
    const { view, tree, live } = this;
    const { width, height } = view;
    if (this.living > most && view.zoom < 1.2) return null;
    const found = tree
      .range(view.mapX(0), view.mapY(height), view.mapX(width), view.mapY(0))
      .filter((row) => live[row]);
    if (found.length > most) return null;
    const first = [...this.stars, ...(this.chosen ? [this.chosen] : []), ...this.rings];
    const rank = new Map(first.map(({ row }, at) => [row, at - first.length]).reverse());
    return found.sort((a, b) => (rank.get(a) ?? a) - (rank.get(b) ?? b));
  }

  gridX(x) {
    const [left, , size] = this.data.frame;
    return ((x - left) / size) * GRID;
  }

  gridY(y) {
    const [, low, size] = this.data.frame;
    return ((y - low) / size) * GRID;
  }

  onGrid({ x, y }) {
    return { x: this.gridX(x), y: this.gridY(y) };
  }

  at(row) {
    return { x: this.points[2 * row], y: this.points[2 * row + 1] };
  }

  countByCode() {
    const counts = {};
    for (let i = 0; this.codes && i < this.count; i++) {
      if (this.shown && !((this.shown[i >> 3] >> (i & 7)) & 1)) continue;
      if (this.codes[i] !== NONE) counts[this.codes[i]] = (counts[this.codes[i]] ?? 0) + 1;
    }
    return counts;
  }

  // Drawing ---------------------------------------------------------------------------------

  redraw() {
    if (this.waiting || !this.picture) return;
    this.waiting = requestAnimationFrame(() => this.drawNow());
  }

  drawNow() {
    cancelAnimationFrame(this.waiting);
    this.waiting = 0;
    if (!this.picture || !this.scene.ratio) return;
    this.root.dataset.drawn = this.scene.draw(this).toFixed(1);
    const { scale } = this.scene;
    if (!this.arranged && scale === this.scale) return;
    this.arranged = false;
    this.scale = scale;
    const { isolated, counts } = this;
    this.legend.update({ isolated, counts, scale, number: (n) => this.number(n) });
  }

  drawOver() {
    if (this.scene.theme) this.scene.drawOver(this);
  }

  namedPlaces() {
    const { places, isolated } = this;
    return isolated.size ? places.filter((place) => isolated.has(place.code)) : places;
  }

  number(n) {
    return n.toLocaleString(this.data.language);
  }

  describe() {
    const { words } = this.data;
    const chosen = this.selected?.reduce((sum, one, row) => sum + (one & this.live[row]), 0);
    const all = this.living === this.count ? words.all : words.shown;
    this.status.textContent = (this.lasso ? words.selected : all)
      .replace("{n}", this.number(chosen ?? this.living))
      .replace("{total}", this.number(this.count));
  }

  // Moving ----------------------------------------------------------------------------------

  get mode() {
    return this.toolbar.mode;
  }

  pan(dx, dy) {
    this.view.pan(dx, dy);
    this.redraw();
  }

  zoom(x, y, factor) {
    this.view.zoomAt(x, y, factor);
    this.tooltip.hide();
    this.redraw();
  }

  zoomIn() {
    this.zoom(this.view.width / 2, this.view.height / 2, 1.6);
  }

  zoomOut() {
    this.zoom(this.view.width / 2, this.view.height / 2, 1 / 1.6);
  }

  fit() {
    this.view.fly(this.view.whole(), () => this.redraw());
  }

  step(dx, dy) {
    this.pan(dx, dy);
    this.hover(this.view.width / 2, this.view.height / 2, FAR_REACH);
  }

  goTo() {
    const places = [...this.stars, ...this.rings, ...(this.chosen ? [this.chosen] : [])];
    this.view.fly(this.view.around(places, CLOSE_UP), () => this.redraw());
  }

  // Pointing --------------------------------------------------------------------------------

  nearest(x, y, reach) {
    if (!this.tree) return -1;
    const { view, points, live } = this;
    const pictured = this.toolbar.pictured ? this.scene.pictures.at(x, y, view, this) : -1;
    if (pictured >= 0) return pictured;
    const [mapX, mapY] = [view.mapX(x), view.mapY(y)];
    let best = -1;
    let least = Infinity;
    for (const row of this.tree.within(mapX, mapY, reach / view.scale)) {
      const dx = points[2 * row] - mapX;
      const dy = points[2 * row + 1] - mapY;
      const distance = (dx * dx + dy * dy) * (live[row] ? 1 : 4);
      if (distance < least) [least, best] = [distance, row];
    }
    return best;
  }

  hover(x, y, reach = REACH) {
    if (!this.points || this.sketched) return;
    const row = this.nearest(x, y, reach);
    this.stage.classList.toggle("pointing", row >= 0 && this.mode === "pan");
    if (row !== this.hovered) {
      this.hovered = row;
      this.drawOver();
    }
    if (row < 0) this.tooltip.hide();
    else this.tooltip.show(row, x, y, this.tipOf(row));
  }

  tipOf(row) {
    const { thumbnail, details, captions, words } = this.data;
    const { legendData: legend, clusters, values, view } = this;
    const value = values && (values[row] === UNKNOWN ? legend.none : legend.texts[values[row]]);
    const said = values ? `${legend.title}: ${value}` : null;
    return { thumbnail, details, captions, clusters, words, view, value: said };
  }

  leave() {
    this.tooltip.hide();
    this.stage.classList.remove("pointing");
    if (this.hovered >= 0) {
      this.hovered = -1;
      this.drawOver();
    }
  }

  click(x, y, touched) {
    this.pick(this.nearest(x, y, touched ? 2 * REACH : REACH));
  }

  pickMiddle() {
    this.pick(this.nearest(this.view.width / 2, this.view.height / 2, FAR_REACH));
  }

  pick(row) {
    if (row < 0) return;
    this.picked = row;
    this.chosen = { ...this.at(row), row };
    this.tooltip.hide();
    this.drawOver();
    this.send("picked", row);
  }

  // Selecting -------------------------------------------------------------------------------

  sketch(path) {
    this.sketched = path;
    this.drawOver();
  }

  select(path) {
    this.sketched = null;
    const corners = simplified(path, 1, MOST_CORNERS);
    if (corners.length < 3) {
      this.drawOver();
      return;
    }
    const polygon = this.inMapUnits(corners);
    this.lasso = polygon.map(([x, y]) => [this.gridX(x), this.gridY(y)]);
    this.arrange();
    this.send("lassoed", polygon);
  }

  // Round to a five-hundredth of the selection's own size: a link should stay short.
  inMapUnits(corners) {
    const [left, low, size] = this.data.frame;
    const placed = corners.map(([x, y]) => [
      left + (this.view.mapX(x) / GRID) * size,
      low + (this.view.mapY(y) / GRID) * size,
    ]);
    const [minX, minY, maxX, maxY] = bounds(placed);
    const step = Math.max(maxX - minX, maxY - minY) / 500;
    const digits = Math.min(Math.max(Math.ceil(-Math.log10(step)), 0), 6);
    return placed.map((point) => point.map((value) => Number(value.toFixed(digits))));
  }

  // Escape takes away what was done last: the drawing, the selection, the legend's pick, the mark.
  clear() {
    if (this.sketched) this.sketch(null);
    else if (this.lasso) this.deselect();
    else if (this.isolated.size) this.isolate([]);
    else if (this.chosen || this.stars.length) this.send("picked", -1);
  }

  deselect() {
    this.lasso = null;
    this.arrange();
    this.send("lassoed", []);
  }

  isolate(codes) {
    this.isolated = new Set(codes);
    this.arrange();
    this.send("isolated", codes);
  }
}

function extent(points) {
  const found = [GRID, GRID, 0, 0];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i], points[i + 1]];
    if (x < found[0]) found[0] = x;
    if (y < found[1]) found[1] = y;
    if (x > found[2]) found[2] = x;
    if (y > found[3]) found[3] = y;
  }
  return found;
}
