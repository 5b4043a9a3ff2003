// One picture with its caption and a short list of facts.

/** @import { Component } from "../shared/component.js" */
/** @import { ClusterMark } from "../shared/elements.js" */

import { componentOf } from "../shared/component.js";
import { make, setClusterMark } from "../shared/elements.js";
import { setSource } from "../shared/pictures.js";

/**
 * What it gets from Python (mmrec_app/shared/gallery.py).
 *
 * @typedef {object} PictureData
 * @property {string} src
 * @property {string} alt
 * @property {string} caption
 * @property {boolean} uncaptioned
 * @property {string | null} kicker a line above the caption
 * @property {boolean} small
 * @property {{ name: string, value: string, cluster: ClusterMark | null }[]} facts
 */

class Picture {
  /** @param {ShadowRoot} parent */
  constructor(parent) {
    this.figure = make("figure", "one", parent);
    this.image = make("img", "picture", this.figure);
    this.body = make("figcaption", "", this.figure);
  }

  /** @param {Component<PictureData>} component */
  update({ data }) {
    this.figure.classList.toggle("small", data.small);
    setSource(this.image, data.src);
    this.image.alt = data.alt;
    this.body.replaceChildren();
    if (data.kicker) make("div", "kicker", this.body, data.kicker);
    make("div", data.uncaptioned ? "caption none" : "caption", this.body, data.caption);
    const facts = make("dl", "facts", this.body);
    for (const { name, value, cluster } of data.facts) {
      make("dt", "", facts, name);
      const element = make("dd", "", facts);
      if (cluster) setClusterMark(make("span", "swatch", element), cluster);
      appendPath(make("span", "", element), value);
    }
  }
}

/**
 * Append text that may be broken after each slash.
 *
 * @param {HTMLElement} parent
 * @param {string} text
 */
function appendPath(parent, text) {
  const [first, ...rest] = text.split("/");
  parent.append(first);
  for (const part of rest) parent.append("/", make("wbr"), part);
}

export default componentOf(Picture);
