// Says which language the page speaks, and turns pages, each with one entry in the browser's history: links, the header's too, and turns that
// Python asks for. Streamlit's own way makes two entries of a page with parameters.

/** @import { Component } from "../shared/component.js" */

import { announce, liveRegion } from "../shared/announce.js";
import { componentOf, listenOnPage } from "../shared/component.js";
import { nameSkipLink, skip } from "./skip_link.js";
import { show } from "./tour.js";
import { Views } from "./views.js";

/**
 * What it gets from Python (mmrec_app/frame/navigator.py).
 *
 * @typedef {object} NavigatorData
 * @property {{ href: string, filters: boolean }[]} pages all pages, and whether they filter images
 * @property {string} language of the interface
 * @property {string} title of the page
 * @property {string} shows selector of the part of the page that the tour speaks of
 * @property {string} skip what the link past the header is called
 * @property {string} bundle parameter that names the bundle
 * @property {string[]} filter parameters of a filter, which stays on from page to page
 * @property {{ id: string, href: string } | null} turn a page to turn to
 */

const HEADER_LINKS = "[data-testid=stTopNavLink], [data-testid=stSidebarNavLink]";

/** Id of the last turn: the component may be drawn anew with the same data. */
let turned = "";

class Navigator {
  title = "";

  /**
   * @param {ShadowRoot} parent
   * @param {Component<NavigatorData>} component
   */
  constructor(parent, component) {
    this.component = component;
    this.views = new Views(window.sessionStorage);
    for (const type of /** @type {const} */ (["pointerdown", "focusin"])) {
      listenOnPage(parent, type, (event) => this.completeHeader(event), true);
    }
    listenOnPage(parent, "click", skip, true);
    listenOnPage(parent, "click", (event) => show(event, this.component.data.shows), true);
    listenOnPage(parent, "click", (event) => this.onHeaderClick(event), true);
    listenOnPage(parent, "click", (event) => this.onClick(event));
  }

  /** @param {Component<NavigatorData>} component */
  update(component) {
    this.component = component;
    const { turn, language, title } = component.data;
    const { documentElement: root } = document;
    root.lang = language;
    root.dataset.navigator = "listening";
    nameSkipLink(component.data.skip);
    liveRegion();
    if (title !== this.title) announce(title);
    this.title = title;
    this.views.keep(location);
    if (!turn || turn.id === turned) return;
    turned = turn.id;
    this.go(new URL(turn.href, document.baseURI));
  }

  /**
   * Let a link in the header open its page as it was left, in a new tab too.
   *
   * @param {Event} event
   */
  completeHeader(event) {
    const link = linkOf(event);
    if (!link?.matches(HEADER_LINKS)) return;
    const { bundle, filter } = this.component.data;
    const left = this.pageOf(link)?.filters ? filter : [];
    link.search = this.views.of(link.pathname, location, bundle, left);
  }

  /**
   * Keep clicks in the header from Streamlit.
   *
   * @param {MouseEvent} event
   */
  onHeaderClick(event) {
    const link = linkOf(event);
    if (!link?.matches(HEADER_LINKS) || !this.pageOf(link)) return;
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.completeHeader(event);
    this.go(new URL(link.href));
    closeSidebar();
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const link = linkOf(event);
    if (!link || event.defaultPrevented || link.download || !this.pageOf(link)) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.go(new URL(link.href));
  }

  /** @param {HTMLAnchorElement} link */
  pageOf({ origin, pathname }) {
    if (origin !== location.origin) return undefined;
    const { pages } = this.component.data;
    return pages.find(({ href }) => new URL(href, document.baseURI).pathname === pathname);
  }

  /**
   * Put an address into the history, and let Streamlit go there as it does on Back and Forward.
   *
   * @param {URL} address
   */
  go(address) {
    this.views.keep(location);
    if (address.href !== location.href) history.pushState({}, "", address);
    dispatchEvent(new PopStateEvent("popstate", { state: {} }));
    document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
    closePopovers();
  }
}

/**
 * @param {Event} event
 * @returns {HTMLAnchorElement | undefined}
 */
function linkOf(event) {
  return event.composedPath().find((element) => element instanceof HTMLAnchorElement);
}

/** On a narrow screen the links are in a sidebar that covers the page. */
function closeSidebar() {
  const close = document.querySelector("[data-testid=stSidebarCollapseButton] button");
  if (close instanceof HTMLElement && matchMedia("(max-width: 768px)").matches) close.click();
}

/** A list of links would stay open over the page that it led to. */
function closePopovers() {
  const open = "[data-testid=stPopoverButton][aria-expanded=true]";
  for (const button of document.querySelectorAll(open)) {
    if (button instanceof HTMLElement && button.checkVisibility()) button.click();
  }
}

export default componentOf(Navigator);
