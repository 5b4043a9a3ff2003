// Whose turn it is: the next query, as long as the server has not yet all choices.

/** @import { NumberedEvent } from "../grading/pending_events.js" */
/** @import { Item } from "./data.js" */

export class Turns {
  /**
   * Items whose choice can be taken back, the last one last.
   *
   * @type {Item[]}
   */
  done = [];
  /**
   * Items whose choice was taken back, the last one last.
   *
   * @type {Item[]}
   */
  returned = [];
  /**
   * Items by query, as they were first shown: sides that somebody sees must not change.
   *
   * @type {Map<string, Item>}
   */
  shown = new Map();

  /**
   * Return the item to compare now.
   *
   * @param {Item[]} items the next ones by the server
   * @param {NumberedEvent[]} pending
   * @returns {Item | undefined}
   */
  current(items, pending) {
    const back = this.returned.at(-1);
    if (back) return back;
    const next = items.find((item) => !isChosen(item.query.id, pending));
    if (!next) return undefined;
    const before = this.shown.get(next.query.id);
    if (!before) this.shown.set(next.query.id, next);
    return before ?? next;
  }

  /** @param {Item} item that a choice was made of */
  choose(item) {
    if (this.returned.at(-1) === item) this.returned.pop();
    this.done.push(item);
  }

  /** Return the item that was chosen of last, which comes again; undefined without one. */
  takeBack() {
    const item = this.done.pop();
    if (item) this.returned.push(item);
    return item;
  }
}

/**
 * Say whether the last pending event about a query is a choice.
 *
 * @param {string} query
 * @param {NumberedEvent[]} pending
 */
function isChosen(query, pending) {
  const about = pending.filter(
    (event) => (event.kind === "prefer" || event.kind === "take back") && event.query === query,
  );
  return about.at(-1)?.kind === "prefer";
}
