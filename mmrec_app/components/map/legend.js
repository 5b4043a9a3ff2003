// What the colours mean. A category in it isolates its points, Ctrl or Shift adds another; on a
// scale, two handles do.

/** @import { Colour } from "./colours.js" */
/** @import { CategoryLegend, Legend, MapWords, ScaleLegend, Span } from "./data.js" */

import { make, makeButton } from "../shared/elements.js";
import { nextIndex, setTabStop } from "../shared/grid_keys.js";
import { ScaleBrush } from "./scale_brush.js";

const SEARCH_FROM = 12; // entries

/** @typedef {{ root: HTMLElement, count: HTMLElement }} Item */

/**
 * What takes the visitor's choices.
 *
 * @typedef {object} Picker
 * @property {(codes: number[]) => void} isolate
 * @property {(between: Span | null, done?: boolean) => void} brush
 */

export class LegendView {
  /** @type {Map<number, Item>} */
  items = new Map();
  /** @type {Set<number>} */
  isolated = new Set();
  /** @type {ScaleBrush | null} */
  brush = null;

  /**
   * @param {HTMLElement} parent
   * @param {Picker} picker
   */
  constructor(parent, picker) {
    this.root = make("div", "legend", parent);
    this.picker = picker;
    this.showAll = makeButton("legend-all");
    this.showAll.onclick = () => (this.brush ? picker.brush(null) : picker.isolate([]));
  }

  /**
   * @param {Legend} legend
   * @param {MapWords} words
   */
  build(legend, words) {
    this.root.replaceChildren();
    this.items.clear();
    this.brush = null;
    const head = make("div", "legend-head", this.root);
    make("span", "legend-title", head, legend.title);
    this.showAll.textContent = words.show_all;
    this.showAll.hidden = true;
    head.append(this.showAll);
    if (legend.kind === "scale") this.buildScale(legend, words);
    else this.buildCategories(legend, words.search_legend);
  }

  /**
   * @param {ScaleLegend} legend
   * @param {MapWords} words
   */
  buildScale(legend, words) {
    this.brush = new ScaleBrush(this.root, legend, words, this.picker);
    const ends = make("div", "legend-ends", this.root);
    make("span", "", ends, legend.low_text);
    make("span", "", ends, legend.high_text);
    for (const line of legend.lines) make("p", "legend-line", this.root, line);
  }

  /**
   * @param {CategoryLegend} legend
   * @param {string} searchLabel
   */
  buildCategories({ entries, title, lines = [] }, searchLabel) {
    if (entries.length > SEARCH_FROM) {
      const search = make("input", "legend-search", this.root);
      search.type = "search";
      search.placeholder = searchLabel;
      search.setAttribute("aria-label", searchLabel);
      search.oninput = () => this.filter(search.value, entries);
    }
    const list = make("div", "legend-list", this.root);
    list.setAttribute("role", "toolbar");
    list.setAttribute("aria-orientation", "vertical");
    list.setAttribute("aria-label", title);
    list.onkeydown = (event) => this.onKey(event);
    for (const { code, name, colour, glyph } of entries) {
      const root = makeButton("legend-item", list);
      root.title = name;
      make("span", "legend-glyph", root, glyph).style.color = colour;
      make("span", "legend-name", root, name);
      root.onclick = (event) => {
        this.stopAt(root);
        const add = event.ctrlKey || event.metaKey || event.shiftKey;
        this.picker.isolate(isolatedAfter(this.isolated, code, add));
      };
      this.items.set(code, { root, count: make("span", "legend-count", root) });
    }
    for (const line of lines) make("p", "legend-line", this.root, line);
    this.stopAt(this.shown[0]);
  }

  /** The entries that the search leaves. */
  get shown() {
    return [...this.items.values()].map(({ root }) => root).filter((root) => !root.hidden);
  }

  /** @param {HTMLElement | undefined} entry where the Tab key stops */
  stopAt(entry) {
    setTabStop(
      [...this.items.values()].map(({ root }) => root),
      entry,
    );
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const { shown } = this;
    const index = shown.findIndex((entry) => entry === event.target);
    const next = index < 0 ? undefined : nextIndex(event.key, index, shown.length, 1);
    if (next === undefined) return;
    event.preventDefault();
    this.stopAt(shown[next]);
    shown[next].focus();
  }

  /**
   * Show the entries whose names have all words of a text.
   *
   * @param {string} text
   * @param {CategoryLegend["entries"]} entries
   */
  filter(text, entries) {
    const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    for (const { code, name } of entries) {
      const item = this.items.get(code);
      const lowerCased = name.toLocaleLowerCase();
      if (item) item.root.hidden = !words.every((word) => lowerCased.includes(word));
    }
    this.stopAt(this.shown[0]);
  }

  /**
   * @param {object} shown
   * @param {Set<number>} shown.isolated
   * @param {Span | null} shown.between
   * @param {Record<number, number>} shown.counts
   * @param {Colour[] | null} shown.scale
   * @param {(n: number) => string} shown.format
   */
  update({ isolated, between, counts, scale, format }) {
    this.isolated = isolated;
    this.brush?.update(between, scale);
    this.showAll.hidden = !isolated.size && !between;
    for (const [code, { root, count }] of this.items) {
      const pressed = isolated.has(code);
      root.setAttribute("aria-pressed", String(pressed));
      root.classList.toggle("off", isolated.size > 0 && !pressed);
      count.textContent = format(counts[code] ?? 0);
    }
  }
}

/**
 * Return the isolated codes after a click on one: that alone, or none if it was alone; with `add`
 * it joins or leaves the others.
 *
 * @param {Set<number>} isolated
 * @param {number} code
 * @param {boolean} add
 */
export function isolatedAfter(isolated, code, add) {
  if (!add) return isolated.size === 1 && isolated.has(code) ? [] : [code];
  if (isolated.has(code)) return [...isolated].filter((other) => other !== code);
  return [...isolated, code];
}
