// Keys for the whole page, and the line that says what they do.

/** @import { KeyMeaning } from "./data.js" */

import { listenOnPage } from "../shared/component.js";
import { make } from "../shared/elements.js";

/**
 * Listen to keys while a component is on the page, unless somebody is typing or moves a control.
 *
 * A choice that was made with the mouse gives up the focus: arrows are not meant for it any more.
 *
 * @param {ShadowRoot} place of the component
 * @param {(key: string) => boolean} onKey gets letters in lower case; returns whether it acted
 */
export function listenToKeys(place, onKey) {
  const listener = (/** @type {KeyboardEvent} */ event) => {
    const key = nameOf(event);
    const target = event.composedPath()[0];
    if (!key || !(target instanceof HTMLElement) || takesKey(target, key)) return;
    if (!onKey(key)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  listenOnPage(place, "keydown", listener, true);
  listenOnPage(place, "click", leaveChoice);
  leaveChoice();
}

function leaveChoice() {
  const active = document.activeElement;
  if (active?.matches("[role=radio]:not(:focus-visible)"))
    /** @type {HTMLElement} */ (active).blur();
}

/**
 * @param {HTMLElement} target
 * @param {string} key
 */
function takesKey(target, key) {
  const typing = target.isContentEditable || target.matches("input, textarea, select");
  const choosing = target.closest("dialog,[role=dialog],[role=listbox],[role=combobox]");
  const moving = key.startsWith("Arrow") && target.closest("[role=slider],[role=radio]");
  const pressing = key === "Enter" && target.closest("a,button");
  return typing || choosing || moving || pressing;
}

/**
 * Return what a key is called here: a letter in lower case, a name such as ArrowUp, or "u" for
 * Ctrl+Z; null for other keys with Ctrl, Alt or Cmd.
 *
 * Where the keyboard writes other letters than Latin ones, a key is what a Latin one has there.
 *
 * @param {KeyboardEvent} event
 */
export function nameOf({ key, code, ctrlKey, metaKey, altKey, shiftKey }) {
  const letter = /^Key[A-Z]$/.test(code) && !/^[a-z]$/i.test(key) ? code[3] : key;
  const name = letter.length === 1 ? letter.toLowerCase() : letter;
  if (!ctrlKey && !metaKey && !altKey) return name;
  return name === "z" && !altKey && !shiftKey ? "u" : null;
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
