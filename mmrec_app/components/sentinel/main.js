// Holds a place free, and says once that the visitor comes near it.

/** @import { Component } from "../shared/component.js" */

import { componentOf } from "../shared/component.js";

const SCROLLED = "[data-testid=stMain]";
const NEAR = "500px 0px";

/**
 * What it gets from Python (mmrec_app/shared/sentinel.py).
 *
 * @typedef {{ subject: string }} SentinelData
 */

class Sentinel {
  isNear = false;
  told = "";

  /**
   * @param {ShadowRoot} parent
   * @param {Component<SentinelData>} component
   */
  constructor(parent, component) {
    this.component = component;
    const observer = new IntersectionObserver((entries) => this.onMove(entries), {
      root: document.querySelector(SCROLLED),
      rootMargin: NEAR,
    });
    observer.observe(parent.host);
  }

  /** @param {Component<SentinelData>} component */
  update(component) {
    this.component = component;
    this.tell();
  }

  /** @param {IntersectionObserverEntry[]} entries */
  onMove(entries) {
    this.isNear = entries.at(-1)?.isIntersecting ?? false;
    this.tell();
  }

  tell() {
    const { subject } = this.component.data;
    if (!this.isNear || subject === this.told) return;
    this.told = subject;
    this.component.setTriggerValue("near", subject);
  }
}

export default componentOf(Sentinel);
