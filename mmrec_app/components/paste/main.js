// Listens for a picture pasted anywhere on the page and hands it over, within a limit of size.

/** @import { Component } from "../shared/component.js" */

import { componentOf, listenOnPage } from "../shared/component.js";
import { make } from "../shared/elements.js";

/**
 * What it gets from Python (mmrec_app/recommend/panel.py).
 *
 * @typedef {object} PasteData
 * @property {number} max_bytes of a picture
 * @property {string} hint
 * @property {string} reading
 * @property {string} too_big
 * @property {string} unreadable
 */

class Paste {
  /**
   * @param {ShadowRoot} parent
   * @param {Component<PasteData>} component
   */
  constructor(parent, component) {
    this.component = component;
    this.hint = make("span", "hint", parent);
    listenOnPage(parent, "paste", (event) => this.onPaste(event));
  }

  /** @param {Component<PasteData>} component */
  update(component) {
    this.component = component;
    this.hint.textContent = component.data.hint;
  }

  /** @param {ClipboardEvent} event */
  onPaste(event) {
    const { data } = this.component;
    const items = [...(event.clipboardData?.items ?? [])];
    const file = items.find((item) => item.type.startsWith("image/"))?.getAsFile();
    const target = event.composedPath()[0];
    const typing = target instanceof Element && target.closest("input, textarea");
    const hasText = items.some((item) => item.type === "text/plain");
    if (!file || (typing && hasText)) return;
    event.preventDefault();
    if (file.size > data.max_bytes) this.hint.textContent = data.too_big;
    else this.read(file);
  }

  /** @param {File} file */
  read(file) {
    const { data, setTriggerValue } = this.component;
    this.hint.textContent = data.reading;
    const reader = new FileReader();
    reader.onload = () => {
      this.hint.textContent = data.hint;
      setTriggerValue("pasted", String(reader.result).split(",")[1] ?? "");
    };
    reader.onerror = () => {
      this.hint.textContent = data.unreadable;
    };
    reader.readAsDataURL(file);
  }
}

export default componentOf(Paste);
