// The map of a collection: all its images as points, drawn without a GPU. Python sends addresses
// of files and small settings; what a person does here stays here, but for a click on a point, a
// selection and a category picked in the legend.

import { button, make } from "./elements.js";
import { listen } from "./gestures.js";
import { bytes, json } from "./layers.js";
import { Legend } from "./legend.js";
import { Overlay } from "./overlay.js";
import { NONE, UNKNOWN, active, looks, paint, parsed } from "./paint.js";
import { Raster } from "./raster.js";
import { bounds, inside, simplified } from "./selection.js";
import { Tooltip } from "./tooltip.js";
import KDBush from "./vendor/kdbush.js";
import { View } from "./view.js";

const GRID = 65535;
const REACH = 9; // pixels within which a point is under the pointer
const MOST_CORNERS = 64;
const CLOSE_UP = 12;

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
    this.raster = new Raster(make("canvas", "points", this.stage));
    this.overlay = new Overlay(make("canvas", "over", this.stage));
    this.status = make("div", "status", this.stage);
    this.status.setAttribute("role", "status");
    this.tooltip = new Tooltip(this.stage);
    this.legend = new Legend(this.root, (codes) => this.isolate(codes));
    this.view = new View();
    this.mode = "pan";
    this.named = true;
    this.isolated = new Set();
    this.generation = 0;
    listen(this.stage, this);
    new ResizeObserver(() => this.resize()).observe(this.stage);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
  }

  async update(data, setTriggerValue) {
    const generation = ++this.generation;
    this.data = data;
    this.send = setTriggerValue;
    this.buildToolbar(data.words);
    this.stage.setAttribute("aria-label", data.words.map);
    let files;
    try {
      files = await Promise.all([
        bytes(data.points),
        bytes(data.codes),
        bytes(data.values),
        bytes(data.shown),
        json(data.legend),
        json(data.places),
      ]);
    } catch {
      if (generation === this.generation) this.status.textContent = data.words.unreachable;
      return;
    }
    if (generation !== this.generation) return;
    this.take(files);
  }

  take([points, codes, values, shown, legend, places]) {
    const { data } = this;
    if (points !== this.pointBytes) {
      this.pointBytes = points;
      this.points = new Uint16Array(points);
      this.count = this.points.length / 2;
      this.view.bounds = extent(this.points);
      this.tree = null;
      this.view.set(this.view.whole());
    }
    this.codes = codes && new Uint16Array(codes);
    this.values = values && new Uint8Array(values);
    this.shown = shown && new Uint8Array(shown);
    this.clusters = places.clusters;
    this.places = places.places.map((place) => ({ ...place, ...this.onGrid(place.x, place.y) }));
    if (this.legendData !== legend) {
      this.legendData = legend;
      this.legend.build(legend, data.words);
    }
    this.isolated = new Set(data.isolate);
    this.lasso = data.lasso?.map(([x, y]) => [this.gridX(x), this.gridY(y)]) ?? null;
    this.stars = data.stars.map((star) => this.onGrid(star.x, star.y));
    this.rings = data.rings.map(({ row, text }) => ({ ...this.at(row), text }));
    this.chosen = data.chosen === null ? null : this.at(data.chosen);
    this.arrange();
    this.counts = this.countByCode();
    this.describe();
    const clicked = data.chosen !== null && data.chosen === this.picked;
    if (data.focus && data.focus !== this.focused && !clicked) this.goTo();
    this.focused = data.focus;
    this.picked = null;
    this.redraw();
    this.root.dataset.ready = String(this.count);
    if (!this.tree) setTimeout(() => this.index(), 0);
  }

  // Work out the style of every point anew.
  arrange() {
    const { count, codes, values, shown, isolated } = this;
    this.live = active(count, { shown, codes: codes ?? [], isolated, values });
    this.selected = this.lasso && inside(this.lasso, this.points, count);
    const colours = this.data.palette.length;
    const given = { live: this.live, codes, values, selected: this.selected, colours };
    this.picture = paint(count, given);
    this.lookKey = null;
  }

  index() {
    const tree = new KDBush(this.count, 32, Uint16Array);
    for (let i = 0; i < this.count; i++) tree.add(this.points[2 * i], this.points[2 * i + 1]);
    this.tree = tree.finish();
  }

  gridX(x) {
    const [left, , size] = this.data.frame;
    return ((x - left) / size) * GRID;
  }

  gridY(y) {
    const [, low, size] = this.data.frame;
    return ((y - low) / size) * GRID;
  }

  onGrid(x, y) {
    return { x: this.gridX(x), y: this.gridY(y) };
  }

  at(row) {
    return { x: this.points[2 * row], y: this.points[2 * row + 1] };
  }

  // Drawing ---------------------------------------------------------------------------------

  resize() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !height) return;
    this.ratio = window.devicePixelRatio || 1;
    this.view.resize(width, height);
    this.raster.resize(Math.round(width * this.ratio), Math.round(height * this.ratio));
    this.overlay.resize(width, height, this.ratio);
    if (this.points) this.draw();
  }

  redraw() {
    if (this.waiting || !this.points) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.draw();
    });
  }

  draw() {
    if (!this.raster.image) return;
    const start = performance.now();
    const theme = this.theme();
    this.raster.draw({
      points: this.points,
      ...this.picture,
      looks: this.look,
      view: this.view,
      ratio: this.ratio,
      radius: this.radius(),
      background: this.look.background,
    });
    this.drawOverlay(theme);
    this.root.dataset.drawn = (performance.now() - start).toFixed(1);
  }

  drawOverlay(theme = this.theme()) {
    this.overlay.draw({
      view: this.view,
      theme,
      places: this.places,
      names: this.named,
      rings: this.rings,
      stars: this.stars,
      chosen: this.chosen && [this.chosen.x, this.chosen.y],
      hovered: this.hovered >= 0 ? [this.points[2 * this.hovered], this.points[2 * this.hovered + 1]] : null,
      lasso: this.lasso,
      sketch: this.sketched,
      radius: this.radius(),
    });
  }

  // Points grow as fewer of them share the canvas, from one pixel to six.
  radius() {
    const { width, height, zoom } = this.view;
    const room = Math.sqrt((width * height) / Math.max(this.count, 1));
    return Math.min(Math.max(0.2 * room * Math.sqrt(Math.max(zoom, 1)), 1), 6);
  }

  // The page's colours; what the styles look like is worked out again when they change.
  theme() {
    const style = getComputedStyle(this.root);
    const value = (name) => style.getPropertyValue(name);
    const theme = {
      background: parsed(value("--st-background-color")),
      text: parsed(value("--st-text-color")),
      accent: value("--st-primary-color").trim() || "#4553C9",
      font: value("--st-font").trim() || "sans-serif",
    };
    const key = `${theme.background} ${theme.text}`;
    if (key !== this.lookKey) {
      this.lookKey = key;
      const dark = theme.background.reduce((a, b) => a + b) < 384;
      const scale = this.legendData.kind === "scale" ? this.data.scales[dark ? "dark" : "light"] : null;
      this.scale = scale?.map(parsed);
      this.look = looks({ palette: this.data.palette.map(parsed), scale: this.scale, ...theme });
      const [red, green, blue] = theme.background;
      this.look.background = ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
      this.updateLegend();
    }
    return theme;
  }

  updateLegend() {
    this.legend.update({
      isolated: this.isolated,
      counts: this.counts,
      scale: this.scale,
      number: (n) => this.number(n),
    });
  }

  // Moving ----------------------------------------------------------------------------------

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
    this.hover(this.view.width / 2, this.view.height / 2, 40);
  }

  settle() {}

  goTo() {
    const places = [...this.stars, ...this.rings, ...(this.chosen ? [this.chosen] : [])];
    if (!places.length) return;
    const target = this.view.around(places.map(({ x, y }) => [x, y]), CLOSE_UP);
    this.view.fly(target, () => this.redraw());
  }

  // Pointing --------------------------------------------------------------------------------

  nearest(x, y, reach = REACH) {
    if (!this.tree) return -1;
    const { view, points, live } = this;
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
    this.stage.classList.toggle("pointing", row >= 0);
    if (row !== this.hovered) {
      this.hovered = row;
      this.drawOverlay();
    }
    if (row < 0) this.tooltip.hide();
    else this.tooltip.show(row, x, y, this.tipOf(row));
  }

  tipOf(row) {
    const { thumbnail, details, captions, words } = this.data;
    const { legendData: legend, clusters, values, view } = this;
    let value = null;
    if (values) {
      value = `${legend.title}: ${values[row] === UNKNOWN ? legend.none : legend.texts[values[row]]}`;
    }
    return { thumbnail, details, captions, clusters, words, view, value };
  }

  leave() {
    this.tooltip.hide();
    this.stage.classList.remove("pointing");
    if (this.hovered >= 0) {
      this.hovered = -1;
      this.drawOverlay();
    }
  }

  click(x, y, touched) {
    const row = this.nearest(x, y, touched ? 2 * REACH : REACH);
    if (row >= 0) this.pick(row);
  }

  pickMiddle() {
    const row = this.nearest(this.view.width / 2, this.view.height / 2, 40);
    if (row >= 0) this.pick(row);
  }

  pick(row) {
    this.picked = row;
    this.chosen = this.at(row);
    this.tooltip.hide();
    this.redraw();
    this.send("picked", row);
  }

  // Selecting -------------------------------------------------------------------------------

  sketch(path) {
    this.sketched = path;
    this.drawOverlay();
  }

  select(path) {
    this.sketched = null;
    const corners = simplified(path, 1, MOST_CORNERS);
    if (corners.length < 3) {
      this.redraw();
      return;
    }
    const polygon = this.inMapUnits(corners);
    this.lasso = polygon.map(([x, y]) => [this.gridX(x), this.gridY(y)]);
    this.arrange();
    this.describe();
    this.redraw();
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

  clear() {
    if (this.sketched) this.sketch(null);
    else if (this.lasso) this.deselect();
    else if (this.isolated.size) this.isolate([]);
    else if (this.chosen || this.stars.length) this.send("picked", -1);
  }

  deselect() {
    this.lasso = null;
    this.arrange();
    this.describe();
    this.redraw();
    this.send("lassoed", []);
  }

  isolate(codes) {
    this.isolated = new Set(codes);
    this.arrange();
    this.describe();
    this.updateLegend();
    this.redraw();
    this.send("isolated", codes);
  }

  // Words -----------------------------------------------------------------------------------

  number(n) {
    return n.toLocaleString(this.data.language);
  }

  describe() {
    const { words } = this.data;
    const live = this.live.reduce((sum, one) => sum + one, 0);
    const chosen = this.selected?.reduce((sum, one, row) => sum + (one & this.live[row]), 0);
    const text = this.lasso ? words.selected : live < this.count ? words.shown : words.all;
    this.status.textContent = text
      .replace("{n}", this.number(this.lasso ? chosen : live))
      .replace("{total}", this.number(this.count));
    this.unselect.hidden = !this.lasso;
  }

  countByCode() {
    const counts = {};
    if (!this.codes) return counts;
    for (let i = 0; i < this.count; i++) {
      if (this.shown && !((this.shown[i >> 3] >> (i & 7)) & 1)) continue;
      if (this.codes[i] !== NONE) counts[this.codes[i]] = (counts[this.codes[i]] ?? 0) + 1;
    }
    return counts;
  }

  buildToolbar(words) {
    if (this.toolbarWords === words.map + words.lasso) return;
    this.toolbarWords = words.map + words.lasso;
    this.toolbar?.remove();
    this.toolbar = make("div", "tools", this.stage);
    const modes = make("div", "tool-group", this.toolbar);
    modes.setAttribute("role", "group");
    this.modes = ["pan", "lasso", "box"].map((mode) =>
      button(modes, `tool ${mode}`, words[mode], mode, () => this.setMode(mode)),
    );
    const zooms = make("div", "tool-group", this.toolbar);
    button(zooms, "tool", words.zoom_in, "in", () => this.zoomIn());
    button(zooms, "tool", words.zoom_out, "out", () => this.zoomOut());
    button(zooms, "tool", words.fit, "fit", () => this.fit());
    const others = make("div", "tool-group", this.toolbar);
    this.namesButton = button(others, "tool", words.names, "names", () => {
      this.named = !this.named;
      this.namesButton.setAttribute("aria-pressed", String(this.named));
      this.redraw();
    });
    this.namesButton.setAttribute("aria-pressed", String(this.named));
    this.unselect = button(others, "tool", words.clear, "close", () => this.clear());
    this.unselect.hidden = true;
    this.setMode(this.mode);
  }

  setMode(mode) {
    this.mode = mode;
    this.stage.dataset.mode = mode;
    for (const one of this.modes) {
      one.setAttribute("aria-pressed", String(one.classList.contains(mode)));
    }
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
