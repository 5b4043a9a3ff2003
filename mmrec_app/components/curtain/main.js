// Shows the blocks of a page one after another as they are whole. Streamlit adds parts with a stand-in
// until their scripts have come: shown at once, they would push about what is below.

import { STATE, blocks, head, isFull, isOver, wholeBlocks } from "./page.js";

const PATIENCE = 8000; // milliseconds without a change; what a page then lacks may move it

class Curtain {
  path = "";
  /** Whether what is there belongs to this page, and no longer to the one before. */
  hasBegun = false;
  /** @type {Element | null} */
  headBefore = null;
  lookRequest = 0;
  timer = 0;

  constructor() {
    const observer = new MutationObserver((records) => this.onChange(records));
    observer.observe(document.body, {
      subtree: true,
      childList: true,
      attributeFilter: [STATE, "data-drawn"],
    });
    addEventListener("popstate", () => this.onTurn());
    this.onTurn();
  }

  /** Another page begins; another view of the same changes in its place. */
  onTurn() {
    if (location.pathname === this.path) return;
    this.path = location.pathname;
    this.hasBegun = false;
    this.headBefore = head();
    for (const block of blocks()) delete block.dataset.whole;
    delete document.documentElement.dataset.shown;
    this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.raise(), PATIENCE);
  }

  /** @param {MutationRecord[]} records */
  onChange(records) {
    if (this.isRaised) return;
    const another = head() !== null && head() !== this.headBefore;
    const ended = isOver() && records.some(({ attributeName }) => attributeName === STATE);
    this.hasBegun ||= another || ended;
    this.wait();
    this.lookRequest ||= requestAnimationFrame(() => this.look());
  }

  look() {
    this.lookRequest = 0;
    if (this.isRaised || !this.hasBegun) return;
    const all = blocks();
    const whole = wholeBlocks(all);
    for (const block of whole) block.dataset.whole = "";
    if (whole.length === all.length && isFull(all)) this.raise();
  }

  get isRaised() {
    return "shown" in document.documentElement.dataset;
  }

  raise() {
    clearTimeout(this.timer);
    document.documentElement.dataset.shown = "";
  }
}

new Curtain();
