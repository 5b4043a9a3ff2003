// What the curtain sees of a page.

export const STATE = "data-test-script-state";
const BLOCKS = "[data-testid=stMainBlockContainer] > [data-testid=stVerticalBlock] > *";
const TOOLS = ".st-key-toolbar";
const HEAD = ".st-key-page-head";
const MISSING = "[data-testid=stSkeleton], [data-testid=stBidiComponentIsolated]:not([data-drawn])";
const WAITING = "[data-testid=stSpinner], [data-testid=stExpanderIconSpinner]"; // it says what for
const RESERVED = "[data-testid=stElementContainer][height$=px]"; // a chart, of a known height

/** The blocks of the page, from top to bottom. */
export function blocks() {
  return [...document.querySelectorAll(BLOCKS)].filter((block) => block instanceof HTMLElement);
}

/**
 * The blocks that no part will move any more. Tools and head have their room from the start.
 *
 * @param {HTMLElement[]} all
 */
export function wholeBlocks(all) {
  const first = all.findIndex(
    (block) => !block.querySelector(`${TOOLS}, ${HEAD}`) && (lacks(block) || isBeingFilled(block)),
  );
  const known = first < 0 ? all : all.slice(0, first);
  return known.filter((block) => !(block.querySelector(TOOLS) && lacks(block)));
}

/**
 * Whether all that belongs into the window is there: no run goes on, or it is at what lies below.
 *
 * @param {HTMLElement[]} all
 */
export function isFull(all) {
  return all.length > 0 && (isOver() || all.some(isBelowWindow));
}

/** Whether no run goes on. */
export function isOver() {
  const app = document.querySelector("[data-testid=stApp]");
  return app?.getAttribute(STATE) === "notRunning";
}

/** The head of the page, above its body. */
export function head() {
  return document.querySelector(HEAD);
}

/** @param {HTMLElement} block */
function lacks(block) {
  return [...block.querySelectorAll(MISSING)].some(
    (part) => !part.closest(RESERVED) && isInWindow(part),
  );
}

/**
 * Whether a run may put more into a block: it does so into the last one, from its first column on.
 *
 * @param {HTMLElement} block
 */
function isBeingFilled(block) {
  return block.nextElementSibling === null && !isOver() && !block.querySelector(WAITING);
}

/** @param {Element} element */
function isBelowWindow(element) {
  return element.getBoundingClientRect().top >= window.innerHeight;
}

/** @param {Element} element */
function isInWindow(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return element.checkVisibility() && bottom >= 0 && top < window.innerHeight;
}
