// The link past the header: Streamlit's, in the visitor's language, and past the tools too.

const LINK = "[data-testid=stSkipToContent]";

/** @param {string} text */
export function nameSkipLink(text) {
  const link = document.querySelector(LINK);
  if (link && link.textContent !== text) link.textContent = text;
}

/**
 * Go to the page's heading instead of to all of the page, which begins with the tools.
 *
 * @param {Event} event
 */
export function skip(event) {
  if (!(event.target instanceof Element) || !event.target.closest(LINK)) return;
  const heading = document.querySelector("[data-testid=stMain] h1");
  if (!(heading instanceof HTMLElement)) return;
  event.preventDefault();
  event.stopPropagation();
  heading.tabIndex = -1;
  heading.focus();
}
