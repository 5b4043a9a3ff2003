// What makes a query and a result alike, region by region and word by word. Pointing at a part of
// one shows what it adds with each part of the other; a click, or Enter, keeps it so.

/** @import { Component } from "../shared/component.js" */
/** @import { RegionsData } from "./data.js" */
/** @import { Matrix } from "./heat.js" */

import { componentOf } from "../shared/component.js";
import { make } from "../shared/elements.js";
import {
  byQuery,
  byResult,
  decoded,
  extremes,
  partsOf,
  signed,
  withQueryPart,
  withResultPart,
} from "./heat.js";
import { ItemView } from "./item.js";

const STRENGTH = "mmrec.regions.strength"; // kept in this browser
const PHONE = "(max-width: 640px)";

/**
 * A part that is pointed at: of the query (-1), or of a result by its place.
 *
 * @typedef {{ item: number, part: number }} Part
 */

class Regions {
  /** @type {Part | null} */
  pointed = null;
  /** @type {Part | null} */
  pinned = null;
  /** @type {Matrix[]} */
  matrices = [];
  /** @type {ItemView[]} */
  results = [];

  /** @param {ShadowRoot} parent */
  constructor(parent) {
    this.outer = make("div", "outer", parent);
    this.items = make("div", "items", this.outer);
    this.query = new ItemView(this.items, (part, pin) => this.point(-1, part, pin));
    this.readout = make("p", "readout", this.outer);
    this.readout.setAttribute("role", "status");
    this.legend = make("div", "legend", this.outer);
    this.low = make("span", "", this.legend);
    this.bar = make("span", "bar", this.legend);
    this.high = make("span", "", this.legend);
    const label = make("label", "strength", this.legend);
    this.strengthName = make("span", "", label);
    this.strength = make("input", "", label);
    Object.assign(this.strength, { type: "range", min: "0", max: "100", step: "5" });
    this.strength.value =
      localStorage.getItem(STRENGTH) ?? (matchMedia(PHONE).matches ? "0" : "85");
    this.strength.addEventListener("input", () => {
      localStorage.setItem(STRENGTH, this.strength.value);
      this.setStrength();
    });
    this.ledger = make("table", "ledger", this.outer);
    this.notes = make("ul", "notes", this.outer);
    this.setStrength();
  }

  /** @param {Component<RegionsData>} component */
  update({ data }) {
    if (this.data?.subject !== data.subject) this.pinned = this.pointed = null;
    this.data = data;
    while (this.results.length < data.results.length) {
      const place = this.results.length;
      this.results.push(new ItemView(this.items, (part, pin) => this.point(place, part, pin)));
    }
    for (const gone of this.results.splice(data.results.length)) gone.figure.remove();
    this.items.classList.toggle("three", data.results.length > 1);
    this.query.show(data.query, data.words);
    const rows = partsOf(data.query).all;
    this.matrices = data.results.map(({ item, adds }) => decoded(adds, rows, partsOf(item).all));
    data.results.forEach(({ item }, place) => this.results[place].show(item, data.words));
    this.strengthName.textContent = data.words.strength;
    this.fillLedger(data);
    this.notes.replaceChildren();
    for (const note of data.notes) make("li", "", this.notes, note);
    this.paint();
  }

  /**
   * @param {number} item
   * @param {number | null} part
   * @param {boolean} pin
   */
  point(item, part, pin) {
    const now = part === null ? null : { item, part };
    if (pin) this.pinned = isSame(now, this.pinned) ? null : now;
    this.pointed = now;
    this.paint();
  }

  paint() {
    if (!this.data) return;
    const { query, results, words, unit } = this.data;
    const at = this.pointed ?? this.pinned;
    const adds = this.adds(at);
    const most = [
      extremes(adds.query, query),
      ...adds.results.map((values, place) => extremes(values, results[place].item)),
    ];
    // What answers to a part adds less than what all parts add: it has a scale of its own.
    const answers = most.filter((_, place) => place !== (at?.item ?? -2) + 1);
    const end = Math.max(...answers.map(({ cells }) => cells));
    [this.query, ...this.results].forEach((view, place) => {
      const own = at?.item === place - 1 ? at.part : null;
      const cells = own === null ? end : most[place].cells;
      const values = place ? adds.results[place - 1] : adds.query;
      const answering = !!at && own === null && (at.item < 0 || place === 0);
      view.paint(values, { ...most[place], cells }, own, answering);
    });
    this.low.textContent = end ? signed(-end) : "";
    this.high.textContent = end ? signed(end) : "";
    this.legend.title = words.legend.replace("{unit}", unit);
    this.readout.textContent = at ? this.said(at) : words.hint;
  }

  /**
   * What each part of each item adds: in all, or with the part that is pointed at.
   *
   * @param {Part | null} at
   */
  adds(at) {
    const results = /** @type {RegionsData} */ (this.data).results;
    const ofQuery = new Float64Array(this.matrices[0].rows);
    this.matrices.forEach((matrix, place) => {
      if (at && at.item >= 0 && at.item !== place) return;
      const values = at && at.item >= 0 ? withResultPart(matrix, at.part) : byQuery(matrix);
      const sign = at && at.item >= 0 ? 1 : results[place].sign;
      values.forEach((value, part) => (ofQuery[part] += sign * value));
    });
    return {
      query: ofQuery,
      results: this.matrices.map((matrix) =>
        at?.item === -1 ? withQueryPart(matrix, at.part) : byResult(matrix),
      ),
    };
  }

  /** @param {Part} at */
  said(at) {
    const { query, results, words } = /** @type {RegionsData} */ (this.data);
    const view = at.item < 0 ? this.query : this.results[at.item];
    const all = this.adds(null);
    const value = (at.item < 0 ? all.query : all.results[at.item])[at.part];
    const title = (at.item < 0 ? query : results[at.item].item).title;
    const word = view.wordOf(at.part);
    return (word === null ? words.region : words.word)
      .replace("{title}", () => title)
      .replace("{word}", () => word ?? "")
      .replace("{value}", () => signed(value));
  }

  /** @param {RegionsData} data */
  fillLedger({ ledger, words }) {
    this.ledger.replaceChildren();
    make("caption", "spoken", this.ledger, words.ledger);
    const body = make("tbody", "", this.ledger);
    for (const { name, value, kind } of ledger) {
      const row = make("tr", kind, body);
      make("th", "", row, name).scope = "row";
      make("td", "", row, value);
    }
  }

  setStrength() {
    this.outer.style.setProperty("--strength", String(Number(this.strength.value) / 100));
  }
}

/**
 * @param {Part | null} first
 * @param {Part | null} second
 */
function isSame(first, second) {
  return first?.item === second?.item && first?.part === second?.part;
}

export default componentOf(Regions);
