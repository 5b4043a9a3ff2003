// What is drawn: the points below, names and marks above, in the page's own colours.

import { make } from "./elements.js";
import { Overlay } from "./overlay.js";
import { FADED, css, looks, parsed } from "./paint.js";
import { Pictures } from "./pictures.js";
import { Raster } from "./raster.js";

const LARGEST = 6; // pixels of a point's radius

export class Scene {
  constructor(stage, view, redraw) {
    this.stage = stage;
    this.view = view;
    this.raster = new Raster(make("canvas", "points", stage));
    this.overlay = new Overlay(make("canvas", "over", stage));
    this.pictures = new Pictures(redraw);
  }

  // Return whether there is anything to draw on.
  resize() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !height) return false;
    this.ratio = window.devicePixelRatio || 1;
    this.view.resize(width, height);
    this.raster.resize(Math.round(width * this.ratio), Math.round(height * this.ratio));
    this.overlay.resize(width, height, this.ratio);
    return true;
  }

  // `map` has the points, their styles and order, and the marks; return the milliseconds it took.
  draw(map) {
    const start = performance.now();
    this.updateColours(map);
    this.raster.draw({
      points: map.points,
      ...map.picture,
      looks: this.looks,
      view: this.view,
      ratio: this.ratio,
      radius: this.radius(map),
      least: this.spread(map.count),
      background: this.looks.background,
    });
    this.drawOver(map);
    this.choosePictures(map);
    return performance.now() - start;
  }

  drawOver(map) {
    const shown = map.toolbar.pictured ? this.pictures.drawn : [];
    this.overlay.draw({
      view: this.view,
      theme: this.theme,
      pictured: new Map(shown.map((row) => [row, map.at(row)])),
      drawPictures: (context) => shown.length && this.drawPictures(context, map),
      places: map.toolbar.named ? map.namedPlaces() : [],
      rings: map.rings,
      stars: map.stars,
      chosen: map.chosen,
      hovered: map.hovered >= 0 ? map.at(map.hovered) : null,
      lasso: map.lasso,
      sketch: map.sketched,
      radius: this.radius(map),
    });
  }

  // Once for each view: pictures that load redraw the map, and must not choose again.
  choosePictures(map) {
    const { view } = this;
    const key = [view.x, view.y, view.scale, view.width, view.height, map.arrangement].join();
    if (key === this.pictured || !map.tree) return;
    this.pictured = key;
    const at = (row) => map.at(row);
    this.pictures.schedule((most) => map.inView(most), view, at, map.data.thumbnail);
  }

  drawPictures(context, map) {
    const { styles } = map.picture;
    const styleOf = (row) => ({
      colour: css(this.looks.colours[styles[row] % FADED]),
      faded: styles[row] >= FADED,
    });
    this.pictures.draw(context, this.view, (row) => map.at(row), styleOf);
  }

  // Points grow as fewer of them share the canvas; a few among many are a bit larger than those.
  radius(map) {
    return Math.min(this.spread(map.living), 2.2 * this.spread(map.count) + 1);
  }

  spread(points) {
    const { width, height, zoom } = this.view;
    const room = Math.sqrt((width * height) / Math.max(points, 1));
    return Math.min(Math.max(0.2 * room * Math.sqrt(Math.max(zoom, 1)), 1), LARGEST);
  }

  updateColours({ data, legendData }) {
    const style = getComputedStyle(this.stage);
    const value = (name) => style.getPropertyValue(name).trim();
    const key = [value("--st-background-color"), value("--st-text-color"), legendData.kind].join();
    if (key === this.key) return;
    this.key = key;
    const background = parsed(value("--st-background-color"));
    this.theme = {
      background,
      text: parsed(value("--st-text-color")),
      accent: value("--st-primary-color") || "#4553C9",
      font: value("--st-font") || "sans-serif",
    };
    const dark = background.reduce((sum, one) => sum + one) < 384;
    const steps = legendData.kind === "scale" ? data.scales[dark ? "dark" : "light"] : null;
    this.scale = steps?.map(parsed);
    this.looks = looks({
      palette: data.palette.map(parsed),
      scale: this.scale,
      ...this.theme,
    });
  }
}
