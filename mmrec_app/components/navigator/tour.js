// The tour's button that leads to the part of the page that a stop speaks of.

const BUTTON = ".st-key-tour-show button";

/**
 * Bring the part into sight, and the keyboard to it, without a run of the page.
 *
 * @param {Event} event
 * @param {string} selector
 */
export function show(event, selector) {
  if (!(event.target instanceof Element) || !event.target.closest(BUTTON)) return;
  event.preventDefault();
  event.stopPropagation();
  const part =
    document.querySelector(selector) ?? document.querySelector("[data-testid=stMain] h1");
  if (!(part instanceof HTMLElement)) return;
  part.tabIndex = -1;
  part.focus({ preventScroll: true });
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const fits = part.offsetHeight < window.innerHeight * 0.7;
  part.scrollIntoView({ behavior: still ? "auto" : "smooth", block: fits ? "center" : "start" });
}
