// Pictures by their addresses, which are relative to the page.

import { make } from "./elements.js";

/** @param {string} address */
export function absolute(address) {
  return new URL(address, document.baseURI).href;
}

/**
 * Load a picture unless it is there already; return whether it is another than before.
 *
 * @param {HTMLImageElement} image
 * @param {string} address
 */
export function setSource(image, address) {
  const source = absolute(address);
  if (image.src === source) return false;
  image.src = source;
  return true;
}

/**
 * Fetch pictures that will be wanted soon.
 *
 * @param {string[]} addresses
 */
export function preload(addresses) {
  for (const address of addresses) new Image().src = absolute(address);
}

/** A picture in a frame, whose class says when it is `loaded`, or `broken`: not to be had. */
export class FramedPicture {
  /**
   * @param {ParentNode} parent
   * @param {{ lazy?: boolean }} [options]
   */
  constructor(parent, { lazy = false } = {}) {
    this.frame = make("span", "frame", parent);
    this.image = make("img", "picture", this.frame);
    this.image.decoding = "async";
    if (lazy) this.image.loading = "lazy";
    this.image.addEventListener("load", () => this.frame.classList.add("loaded"));
    this.image.addEventListener("error", () => this.frame.classList.add("broken"));
  }

  /**
   * @param {object} picture
   * @param {string} picture.src
   * @param {string} picture.alt empty where a caption beside it says the same
   * @param {string} [picture.tip]
   */
  show({ src, alt, tip = "" }) {
    this.image.alt = alt;
    this.image.title = tip;
    if (setSource(this.image, src)) this.frame.classList.remove("loaded", "broken");
  }
}
