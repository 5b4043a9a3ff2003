// What changed on the page, for whoever does not see it: a screen reader reads lines that are added
// to a live region.

import { make } from "./elements.js";

const MOST = 5; // lines that stay

/** @type {HTMLElement | undefined} */
let region;

/**
 * Say a line, unless the page is still as it opened: then nothing has changed.
 *
 * @param {string} line
 */
export function announce(line) {
  if (!navigator.userActivation.hasBeenActive) return;
  const { children } = liveRegion();
  make("p", "", liveRegion(), line);
  while (children.length > MOST) children[0].remove();
}

/** Return the live region, which has to be on the page before there is something to say. */
export function liveRegion() {
  if (!region) {
    region = make("div", "announcements", document.body);
    region.setAttribute("role", "log");
  }
  return region;
}
