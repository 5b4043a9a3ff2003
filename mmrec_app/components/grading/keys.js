// Keys for the whole page, and the line that says what they do.

/** @import { KeyMeaning } from "./data.js" */

import { listenOnPage } from "../shared/component.js";
import { make } from "../shared/elements.js";

/**
 * Listen to keys while a component is on the page, unless somebody is typing or moves a control.
 *
 * @param {ShadowRoot} place of the component
 * @param {(key: string) => boolean} onKey gets letters in lower case; returns whether it acted
 */
export function listenToKeys(place, onKey) {
  const listener = (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0];
    if (!(target instanceof HTMLElement) || takesKey(target, event.key)) return;
    if (!onKey(lowerCased(event.key))) return;
    event.preventDefault();
    event.stopPropagation();
  };
  listenOnPage(place, "keydown", listener, true);
}

/**
 * @param {HTMLElement} target
 * @param {string} key
 */
function takesKey(target, key) {
  const typing = target.isContentEditable || target.matches("input, textarea, select");
  const choosing = target.closest("[role=dialog],[role=listbox],[role=combobox]");
  const sliding = key.startsWith("Arrow") && target.closest("[role=slider],[role=radio]");
  return typing || choosing || sliding;
}

/** @param {string} key a letter, or a name such as ArrowUp */
export function lowerCased(key) {
  return key.length === 1 ? key.toLowerCase() : key;
}

/**
 * Return the grade that a key gives, 0 for taking it back; null for other keys.
 *
 * @param {string} key
 */
export function gradeOfKey(key) {
  return /^[0-4]$/.test(key) ? Number(key) : null;
}

/**
 * @param {HTMLElement} legend
 * @param {KeyMeaning[]} keys
 */
export function fillLegend(legend, keys) {
  legend.replaceChildren();
  for (const [names, meaning] of keys) {
    const item = make("span", "legend-item", legend);
    for (const name of names.split(" ")) make("kbd", "", item, name);
    item.append(` ${meaning}`);
  }
}
