// What the colours mean. A category in it isolates its points; Ctrl or Shift adds another.

import { make } from "./elements.js";
import { css } from "./paint.js";

const SEARCH_FROM = 12;

export class Legend {
  constructor(parent, onIsolate) {
    this.root = make("div", "legend", parent);
    this.onIsolate = onIsolate;
    this.buttons = new Map();
  }

  build(legend, words) {
    this.root.replaceChildren();
    this.buttons.clear();
    this.legend = legend;
    this.words = words;
    const head = make("div", "legend-head", this.root);
    make("span", "legend-title", head, legend.title);
    this.all = make("button", "legend-all", head, words.show_all);
    this.all.type = "button";
    this.all.onclick = () => this.onIsolate([]);
    if (legend.kind === "scale") this.buildScale(legend);
    else this.buildCategories(legend);
  }

  buildScale(legend) {
    this.all.hidden = true;
    this.bar = make("div", "legend-bar", this.root);
    const ends = make("div", "legend-ends", this.root);
    make("span", "", ends, legend.low_text);
    make("span", "", ends, legend.high_text);
    for (const line of legend.lines) make("p", "legend-line", this.root, line);
  }

  buildCategories(legend) {
    if (legend.entries.length > SEARCH_FROM) {
      const search = make("input", "legend-search", this.root);
      search.type = "search";
      search.placeholder = this.words.search_legend;
      search.setAttribute("aria-label", this.words.search_legend);
      search.oninput = () => this.filter(search.value);
    }
    this.list = make("div", "legend-list", this.root);
    this.list.setAttribute("role", "group");
    this.list.setAttribute("aria-label", legend.title);
    for (const entry of legend.entries) {
      const item = make("button", "legend-item", this.list);
      item.type = "button";
      item.title = entry.name;
      make("span", "legend-glyph", item, entry.glyph).style.color = entry.colour;
      make("span", "legend-name", item, entry.name);
      make("span", "legend-count", item);
      item.onclick = (event) => this.toggle(entry.code, event.ctrlKey || event.metaKey || event.shiftKey);
      this.buttons.set(entry.code, item);
    }
  }

  toggle(code, more) {
    const now = this.isolated ?? new Set();
    let next;
    if (more) next = now.has(code) ? [...now].filter((other) => other !== code) : [...now, code];
    else next = now.size === 1 && now.has(code) ? [] : [code];
    this.onIsolate(next);
  }

  filter(text) {
    const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    for (const entry of this.legend.entries) {
      const name = entry.name.toLocaleLowerCase();
      this.buttons.get(entry.code).hidden = !words.every((word) => name.includes(word));
    }
  }

  update({ isolated, counts, scale, number }) {
    this.isolated = isolated;
    if (this.legend.kind === "scale") {
      this.bar.style.background = `linear-gradient(to right, ${scale.map(css).join(", ")})`;
      return;
    }
    this.all.hidden = !isolated.size;
    for (const [code, item] of this.buttons) {
      const pressed = isolated.has(code);
      item.setAttribute("aria-pressed", String(pressed));
      item.classList.toggle("off", isolated.size > 0 && !pressed);
      item.querySelector(".legend-count").textContent = number(counts[code] ?? 0);
    }
  }
}
