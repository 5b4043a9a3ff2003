// What the map shows, apart from how: its points and their styles, the marks, the selection.

/** @import { Legend, MapData, PlaceNames, Span } from "./data.js" */
/** @import { Corner, Place } from "./geometry.js" */
/** @import { View } from "./view.js" */

import { bytes, json } from "./layers.js";
import { Frame } from "./geometry.js";
import { Points } from "./points.js";
import { inside } from "./selection.js";
import { CONTEXT, FADED, NO_VALUE, STYLES, activePoints, countByCode, styled } from "./styles.js";

let nextVersion = 0; // of the styles; no two contents share one
const WHOLE_ZOOM = 1.2; // below it nearly all images are in view

/**
 * @typedef {object} Files
 * @property {ArrayBuffer} points
 * @property {ArrayBuffer | null} codes
 * @property {ArrayBuffer | null} values
 * @property {ArrayBuffer | null} shown
 * @property {Record<string, string> | null} texts
 * @property {Legend} legend
 * @property {PlaceNames} places
 */

/**
 * @param {MapData} data
 * @returns {Promise<Files>}
 */
export async function readFiles(data) {
  const [points, codes, values, shown, texts, legend, places] = await Promise.all([
    bytes(data.points),
    data.codes && bytes(data.codes),
    data.values && bytes(data.values),
    data.shown && bytes(data.shown),
    data.texts && json(data.texts),
    json(data.legend),
    json(data.places),
  ]);
  return {
    points,
    codes: codes || null,
    values: values || null,
    shown: shown || null,
    texts: texts || null,
    legend,
    places,
  };
}

export class MapContent {
  active = new Uint8Array();
  activeCount = 0;
  selectedCount = 0;
  styles = new Uint8Array();
  version = 0;

  /**
   * @param {MapData} data
   * @param {Files} files
   * @param {Points} [points] of the content before: used again if they are the same
   */
  constructor(data, files, points) {
    this.data = data;
    this.legend = files.legend;
    this.texts = files.texts;
    this.frame = new Frame(data.frame);
    this.points = points?.bytes === files.points ? points : new Points(files.points);
    this.layers = {
      codes: files.codes && new Uint16Array(files.codes),
      values: files.values && new Uint8Array(files.values),
      shown: files.shown && new Uint8Array(files.shown),
    };
    this.counts = countByCode(this.count, this.layers);
    this.clusters = files.places.clusters;
    this.places = files.places.places.map((place) => ({ ...place, ...this.onGrid(place) }));
    this.stars = data.stars.map((star) => ({ ...this.onGrid(star), row: star.row }));
    this.rings = data.rings.map((ring) => ({ ...ring, ...this.onGrid(ring) }));
    this.chosen = data.chosen && { ...data.chosen, ...this.onGrid(data.chosen) };
    this.isolated = new Set(data.isolate);
    this.between = data.between;
    this.lasso = data.lasso?.map((corner) => this.frame.toGrid(corner)) ?? null;
    this.restyle();
  }

  get count() {
    return this.points.count;
  }

  /**
   * @param {Place} place in map units
   * @returns {Place}
   */
  onGrid(place) {
    const [x, y] = this.frame.toGrid([place.x, place.y]);
    return { x, y };
  }

  /** @param {number} point */
  choose(point) {
    this.chosen = { ...this.points.at(point), row: this.points.rowOf(point) };
  }

  /** @param {Corner[] | null} polygon in map units, null for no selection */
  select(polygon) {
    this.lasso = polygon && polygon.map((corner) => this.frame.toGrid(corner));
    this.restyle();
  }

  /** @param {number[]} codes of the categories in colour, none for all */
  isolate(codes) {
    this.isolated = new Set(codes);
    this.restyle();
  }

  /** @param {Span | null} between values in colour, null for all */
  brush(between) {
    this.between = between;
    this.restyle();
  }

  /** Work out the style of every point anew. */
  restyle() {
    this.version = nextVersion++;
    const { count, layers, lasso } = this;
    const active = activePoints(count, layers, this.isolated, this.between);
    const selected = lasso && inside(lasso, this.points.coordinates, count);
    this.active = active;
    this.activeCount = active.reduce((sum, one) => sum + one, 0);
    this.selectedCount = selected?.reduce((sum, one, point) => sum + (one & active[point]), 0) ?? 0;
    this.styles = styled(active, layers, selected, this.data.palette.length);
  }

  get namedPlaces() {
    const { places, isolated, data } = this;
    return isolated.size && data.named
      ? places.filter((place) => isolated.has(place.code))
      : places;
  }

  /** The query, its results and the marked image. */
  get marks() {
    return [...this.stars, ...(this.chosen ? [this.chosen] : []), ...this.rings];
  }

  /** Whether the highest of the styles at a place is drawn over the others. */
  get byLevel() {
    return this.data.ordered || this.layers.values !== null;
  }

  /**
   * The layers of points that there are, the lowest first: their styles, and how many they are.
   *
   * @returns {{ first: number, last: number, count: number }[]}
   */
  get parts() {
    const { count, activeCount, selectedCount, lasso } = this;
    const solid = lasso ? selectedCount : activeCount;
    return [
      { first: CONTEXT, last: CONTEXT, count: count - activeCount },
      { first: FADED, last: STYLES - 1, count: activeCount - solid },
      { first: CONTEXT + 1, last: FADED - 1, count: solid },
    ].filter((part) => part.count);
  }

  /**
   * Return the points in colour that the canvas shows, those with marks first; null if these are
   * more than `limit`.
   *
   * @param {View} view
   * @param {number} limit
   */
  inView(view, limit) {
    if (this.activeCount > limit && view.zoom < WHOLE_ZOOM) return null;
    const points = this.points.within(view.visible, this.active, limit);
    const marked = this.marks.map(({ row }) => row);
    /** @type {(point: number) => number} */
    const rank = (point) => {
      const row = this.points.rowOf(point);
      return marked.includes(row) ? marked.indexOf(row) - marked.length : row;
    };
    return points?.sort((one, other) => rank(one) - rank(other)) ?? null;
  }

  /**
   * Return what is said of a point's image, or what the legend says of its value; null for nothing.
   *
   * @param {number} point
   */
  valueText(point) {
    const { legend, texts } = this;
    if (texts) return texts[this.points.rowOf(point)] ?? null;
    if (!this.layers.values || legend.kind !== "scale") return null;
    const value = this.layers.values[point];
    return `${legend.title}: ${value === NO_VALUE ? legend.none : legend.texts[value]}`;
  }
}
