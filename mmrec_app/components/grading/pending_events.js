// Events wait here until the server has acknowledged them: quick keys are never lost to a run that
// is under way.

/** @import { Choice, Compared } from "../compare/data.js" */
/** @import { Interleaved } from "../interleaved/data.js" */
/** @import { Judgements, RankedPair } from "./data.js" */

/**
 * @typedef {{ kind: "withdraw" } & RankedPair
 *   | { kind: "grade", grade: number } & RankedPair
 *   | { kind: "note", query: string, candidate: string, note: string }
 *   | { kind: "tag" | "untag", candidate: string, tag: string }
 *   | { kind: "explain", query: string, candidate: string }
 *   | { kind: "prefer", choice: Choice } & Compared
 *   | { kind: "click", clicked: string[] } & Interleaved
 *   | { kind: "take back" } & (Compared | Interleaved)
 *   | { kind: "reviewer", name: string }
 *   | { kind: "go", step: number }
 *   | { kind: "go", to: "mine" | "anybody" }} GradingEvent
 */

/** @typedef {GradingEvent & { n: number }} NumberedEvent */

export class PendingEvents {
  /** @type {NumberedEvent[]} */
  pending = [];
  lastNumber = 0;

  /** @param {() => number} [now] milliseconds */
  constructor(now = Date.now) {
    this.now = now;
  }

  /**
   * Forget the events that the server has.
   *
   * @param {number} number of the last of them
   */
  acknowledge(number) {
    this.pending = this.pending.filter((event) => event.n > number);
  }

  /**
   * Add an event; return all that are pending. Numbers grow from one page load to the next.
   *
   * @param {GradingEvent} event
   */
  add(event) {
    this.lastNumber = Math.max(this.lastNumber + 1, this.now() * 100);
    this.pending.push({ n: this.lastNumber, ...event });
    return [...this.pending];
  }

  /** @param {GradingEvent["kind"]} kind */
  has(kind) {
    return this.pending.some((event) => event.kind === kind);
  }

  /**
   * Return a pair's grade as it will be once the server has all events, 0 for none.
   *
   * @param {Judgements} judgements
   * @param {string} query
   * @param {string} candidate
   */
  gradeOf(judgements, query, candidate) {
    let grade = judgements[query]?.[candidate]?.grade ?? 0;
    for (const event of this.pending) {
      if (event.kind !== "grade" && event.kind !== "withdraw") continue;
      if (event.query !== query || event.candidate !== candidate) continue;
      grade = event.kind === "grade" ? event.grade : 0;
    }
    return grade;
  }
}

/**
 * Return the event that gives a pair a grade, 0 to take it back; null if that changes nothing.
 *
 * @param {RankedPair} pair
 * @param {number} grade
 * @param {number} present grade
 * @returns {GradingEvent | null}
 */
export function gradeEvent(pair, grade, present) {
  if (grade > 0) return { ...pair, kind: "grade", grade };
  return present > 0 ? { ...pair, kind: "withdraw" } : null;
}
