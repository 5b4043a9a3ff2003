// Moving in a grid of cards with the keys. One card alone is in the order of the Tab key (roving
// tabindex); arrow keys, Home and End move the focus from there.

/**
 * Return the index that a key leads to, undefined if the key moves nothing.
 *
 * @param {string} key
 * @param {number} index
 * @param {number} count
 * @param {number} columns
 */
export function nextIndex(key, index, count, columns) {
  /** @type {Record<string, number>} */
  const steps = {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: columns,
    ArrowUp: -columns,
    Home: -index,
    End: count - 1 - index,
  };
  const step = steps[key];
  return step === undefined ? undefined : clampIndex(index + step, count);
}

/**
 * @param {number} index
 * @param {number} count
 */
export function clampIndex(index, count) {
  return Math.min(Math.max(index, 0), count - 1);
}

/** @param {Element} grid laid out by CSS */
export function columnCount(grid) {
  return getComputedStyle(grid).gridTemplateColumns.split(" ").length;
}

/**
 * Let the Tab key stop at one element alone.
 *
 * @param {Iterable<HTMLElement>} elements
 * @param {HTMLElement | undefined} stop
 */
export function setTabStop(elements, stop) {
  for (const element of elements) element.tabIndex = element === stop ? 0 : -1;
}
