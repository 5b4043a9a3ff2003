// Whose turn it is: the next query, as long as the server has not yet all judgements.

/** @import { NumberedEvent } from "./pending_events.js" */

/** @template {{ query: { id: string } }} Item */
export class Turns {
  /**
   * Items whose judgement can be taken back, the last one last.
   *
   * @type {Item[]}
   */
  done = [];
  /**
   * Items whose judgement was taken back, the last one last.
   *
   * @type {Item[]}
   */
  returned = [];
  /**
   * Items by query, as they were first shown: lists that somebody sees must not change.
   *
   * @type {Map<string, Item>}
   */
  shown = new Map();

  /**
   * Return the item to judge now.
   *
   * @param {Item[]} items the next ones by the server
   * @param {NumberedEvent[]} pending
   * @returns {Item | undefined}
   */
  current(items, pending) {
    const back = this.returned.at(-1);
    if (back) return back;
    const next = items.find((item) => !isJudged(item.query.id, pending));
    if (!next) return undefined;
    const before = this.shown.get(next.query.id);
    if (!before) this.shown.set(next.query.id, next);
    return before ?? next;
  }

  /** @param {Item} item that was judged */
  judge(item) {
    if (this.returned.at(-1) === item) this.returned.pop();
    this.done.push(item);
  }

  /** Return the item that was judged last, which comes again; undefined without one. */
  takeBack() {
    const item = this.done.pop();
    if (item) this.returned.push(item);
    return item;
  }
}

/**
 * Say whether the last pending event about a query judges it.
 *
 * @param {string} query
 * @param {NumberedEvent[]} pending
 */
function isJudged(query, pending) {
  const about = pending.filter(
    (event) =>
      (event.kind === "prefer" || event.kind === "click" || event.kind === "take back") &&
      event.query === query,
  );
  const last = about.at(-1);
  return last !== undefined && last.kind !== "take back";
}
