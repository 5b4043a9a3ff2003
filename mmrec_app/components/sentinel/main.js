// Says when the visitor comes near a place where nothing is drawn yet.

/** @import { Component } from "../shared/component.js" */

import { componentOf } from "../shared/component.js";

const SCROLLED = "[data-testid=stMain]";
const NEAR = "500px 0px";
const SHOWN = "html[data-shown]"; // until then what is above may still take its room
const BRIEFLY = 100; // milliseconds
const PATIENCE = 10_000; // milliseconds until it is said again

/**
 * What it gets from Python (mmrec_app/shared/sentinel.py).
 *
 * @typedef {object} SentinelData
 * @property {string} subject what the place is about
 * @property {number} free pixels that are held free below; 0 once all is drawn
 */

/**
 * Those that somebody is near. The first speaks: of two that speak at once Streamlit hears one.
 *
 * @type {Set<Sentinel>}
 */
const near = new Set();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

function letFirstSpeak() {
  clearTimeout(timer);
  const [first] = near;
  if (!first) return;
  if (!document.querySelector(SHOWN)) {
    timer = setTimeout(letFirstSpeak, BRIEFLY);
    return;
  }
  first.component.setTriggerValue("near", true);
  timer = setTimeout(letFirstSpeak, PATIENCE);
}

/** @param {() => void} change of who is near */
function afterwards(change) {
  const [before] = near;
  change();
  const [first] = near;
  if (first !== before) letFirstSpeak();
}

class Sentinel {
  /**
   * @param {ShadowRoot} parent
   * @param {Component<SentinelData>} component
   */
  constructor({ host }, component) {
    this.component = component;
    this.host = /** @type {HTMLElement} */ (host);
    this.observer = new IntersectionObserver((entries) => this.onMove(entries), {
      root: document.querySelector(SCROLLED),
      rootMargin: NEAR,
    });
  }

  /** @param {Component<SentinelData>} component */
  update(component) {
    const { subject, free } = component.data;
    const isOver = free === 0 || subject !== this.component.data.subject;
    if (isOver) afterwards(() => near.delete(this));
    this.component = component;
    this.host.style.height = `${free}px`;
    this.host.toggleAttribute("data-sentinel", free > 0);
    this.observer.disconnect();
    if (free > 0) this.observer.observe(this.host);
  }

  /**
   * Also called when the page that it stood on is gone.
   *
   * @param {IntersectionObserverEntry[]} entries
   */
  onMove(entries) {
    const isNear = entries.at(-1)?.isIntersecting;
    afterwards(() => (isNear ? near.add(this) : near.delete(this)));
  }
}

export default componentOf(Sentinel);
