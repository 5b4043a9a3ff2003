// The bar of a colour scale, with two handles: what lies between them is in colour.

/** @import { Colour } from "./colours.js" */
/** @import { MapWords, ScaleLegend, Span } from "./data.js" */
/** @import { Picker } from "./legend.js" */

import { make } from "../shared/elements.js";
import { css } from "./colours.js";
import { WHOLE_SCALE } from "./styles.js";

export class ScaleBrush {
  /**
   * @param {HTMLElement} parent
   * @param {ScaleLegend} legend
   * @param {MapWords} words
   * @param {Picker} picker
   */
  constructor(parent, legend, words, picker) {
    this.legend = legend;
    this.picker = picker;
    this.bar = make("div", "legend-bar", parent);
    this.low = this.handle(words.scale_from, () => {
      this.low.value = String(Math.min(this.low.valueAsNumber, this.high.valueAsNumber));
    });
    this.high = this.handle(words.scale_to, () => {
      this.high.value = String(Math.max(this.low.valueAsNumber, this.high.valueAsNumber));
    });
    this.span = make("p", "legend-span", parent);
  }

  /**
   * @param {string} name
   * @param {() => void} keepOrder
   */
  handle(name, keepOrder) {
    const handle = make("input", "legend-handle", this.bar);
    handle.type = "range";
    [handle.min, handle.max] = WHOLE_SCALE.map(String);
    handle.setAttribute("aria-label", `${this.legend.title}: ${name}`);
    handle.oninput = () => {
      keepOrder();
      this.picker.brush(this.between, false);
    };
    handle.onchange = () => this.picker.brush(this.between);
    return handle;
  }

  /** @returns {Span | null} null where the handles are at the ends */
  get between() {
    const [low, high] = [this.low.valueAsNumber, this.high.valueAsNumber];
    return low === WHOLE_SCALE[0] && high === WHOLE_SCALE[1] ? null : [low, high];
  }

  /**
   * @param {Span | null} between
   * @param {Colour[] | null} scale
   */
  update(between, scale) {
    const { bar, legend, span } = this;
    if (scale) bar.style.background = `linear-gradient(to right, ${scale.map(css).join(", ")})`;
    const ends = between ?? WHOLE_SCALE;
    for (const [i, handle] of [this.low, this.high].entries()) {
      handle.value = String(ends[i]);
      handle.setAttribute("aria-valuetext", legend.texts[ends[i]]);
      bar.style.setProperty(i ? "--high" : "--low", `${(100 * ends[i]) / WHOLE_SCALE[1]}%`);
    }
    span.hidden = !between;
    span.textContent = ends.map((end) => legend.texts[end]).join(" – ");
  }
}
