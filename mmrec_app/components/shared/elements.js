// Building and filling elements. Text is untrusted: it only ever goes through textContent
// and attributes, never through HTML.

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {ParentNode} [parent]
 * @param {string | null} [text]
 */
export function make(tag, className, parent, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  parent?.append(element);
  return element;
}

/**
 * @param {string} className
 * @param {ParentNode} [parent]
 * @param {string} [text]
 * @param {string} [label] also the tooltip
 */
export function makeButton(className, parent, text, label) {
  const button = make("button", className, parent, text);
  button.type = "button";
  if (label) setLabel(button, label);
  return button;
}

/**
 * Name an element for a screen reader, and in its tooltip.
 *
 * @param {HTMLElement} element
 * @param {string} label
 */
export function setLabel(element, label) {
  element.setAttribute("aria-label", label);
  element.title = label;
}

/**
 * Set an element's text; without any, hide it.
 *
 * @param {HTMLElement} element
 * @param {string | null | undefined} text
 */
export function setText(element, text) {
  element.textContent = text ?? "";
  element.hidden = !text;
}

/**
 * Show a sign, and read out a text in its place; without a sign, hide the element. The style sheet
 * hides what is `spoken`.
 *
 * @param {HTMLElement} element
 * @param {string | null | undefined} sign
 * @param {string} text
 */
export function setSign(element, sign, text) {
  element.replaceChildren();
  element.hidden = !sign;
  if (!sign) return;
  make("span", "", element, sign).ariaHidden = "true";
  make("span", "spoken", element, text);
}

/**
 * @param {HTMLElement} element
 * @param {{ caption: string, uncaptioned: boolean }} picture
 */
export function setCaption(element, { caption, uncaptioned }) {
  element.textContent = caption;
  element.classList.toggle("none", uncaptioned);
}

/**
 * The mark of a cluster: a glyph in its colour.
 *
 * @typedef {object} ClusterMark
 * @property {string} glyph
 * @property {string} colour
 */

/**
 * @param {HTMLElement} element
 * @param {ClusterMark | null} cluster
 */
export function setClusterMark(element, cluster) {
  setText(element, cluster?.glyph);
  element.ariaHidden = "true";
  element.style.color = cluster?.colour ?? "";
}

/**
 * @param {number | null} share 0 to 1
 */
export function percentage(share) {
  return `${Math.round((share ?? 0) * 100)}%`;
}

/**
 * Return the element around an event's target that fits the selector.
 *
 * @param {Event} event
 * @param {string} selector
 */
export function closest(event, selector) {
  const element = event.target instanceof Element ? event.target.closest(selector) : null;
  return /** @type {HTMLElement | null} */ (element);
}
