// Listens for a picture pasted anywhere on the page and hands it over, within a limit of size.

/** @import { CleanUp, Component } from "../shared/component.js" */

import { componentOf } from "../shared/component.js";
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
  listening = new AbortController();

  /** @param {ShadowRoot} parent */
  constructor(parent) {
    this.hint = make("span", "hint", parent);
  }

  /**
   * @param {Component<PasteData>} component
   * @returns {CleanUp}
   */
  update(component) {
    this.hint.textContent = component.data.hint;
    this.listening.abort();
    const listening = new AbortController();
    this.listening = listening;
    document.addEventListener("paste", (event) => this.onPaste(event, component), {
      signal: listening.signal,
    });
    return () => listening.abort();
  }

  /**
   * @param {ClipboardEvent} event
   * @param {Component<PasteData>} component
   */
  onPaste(event, component) {
    const { data } = component;
    const items = [...(event.clipboardData?.items ?? [])];
    const file = items.find((item) => item.type.startsWith("image/"))?.getAsFile();
    const target = event.composedPath()[0];
    const typing = target instanceof Element && target.closest("input, textarea");
    const hasText = items.some((item) => item.type === "text/plain");
    if (!file || (typing && hasText)) return;
    event.preventDefault();
    if (file.size > data.max_bytes) this.hint.textContent = data.too_big;
    else this.read(file, component);
  }

  /**
   * @param {File} file
   * @param {Component<PasteData>} component
   */
  read(file, { data, setTriggerValue }) {
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
