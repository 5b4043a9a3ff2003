// How each page was left, in this tab: the header's links return to it.

const PREFIX = "mmrec.view.";

export class Views {
  /** @param {Storage} storage */
  constructor(storage) {
    this.storage = storage;
  }

  /** @param {{ pathname: string, search: string }} address */
  keep({ pathname, search }) {
    this.storage.setItem(PREFIX + pathname, search);
  }

  /**
   * Return the parameters with which a page was left. The page that is open, and one that was left
   * with another bundle, start afresh.
   *
   * @param {string} pathname
   * @param {{ pathname: string, search: string }} present address
   * @param {string} bundle name of the parameter that names the bundle
   * @param {string[]} others parameters that are none of the page's own
   * @returns {string} empty, or from the question mark on
   */
  of(pathname, present, bundle, others) {
    const named = new URLSearchParams(present.search).get(bundle);
    const left = new URLSearchParams(this.storage.getItem(PREFIX + pathname) ?? "");
    const afresh = pathname === present.pathname || left.get(bundle) !== named;
    const params = afresh ? new URLSearchParams() : left;
    for (const name of others) params.delete(name);
    if (afresh && named) params.set(bundle, named);
    return params.size ? `?${params}` : "";
  }
}
