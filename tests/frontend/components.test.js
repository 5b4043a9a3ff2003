// The other components: keys, ticks, and events that wait until the server has them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { toggled } from "../../mmrec_app/components/gallery/range.js";
import { gradeOfKey, nameOf } from "../../mmrec_app/components/grading/keys.js";
import { PendingEvents, gradeEvent } from "../../mmrec_app/components/grading/pending_events.js";
import { joined } from "../../mmrec_app/components/lists/joins.js";
import { Turns } from "../../mmrec_app/components/grading/turns.js";
import { counted } from "../../mmrec_app/components/interleaved/credit.js";
import { nextPosition } from "../../mmrec_app/components/lists/moves.js";
import { allPositions, nextWhere, stepped } from "../../mmrec_app/components/queue/positions.js";
import { componentOf, listenOnPage } from "../../mmrec_app/components/shared/component.js";
import { clampIndex, nextIndex } from "../../mmrec_app/components/shared/grid_keys.js";

const at = (column, row) => ({ column, row });
const PAIR = { query: "q", candidate: "c", ranker: "clip", rank: 2 };

test("arrows move in a grid and stop at its ends", () => {
  assert.equal(nextIndex("ArrowRight", 0, 10, 4), 1);
  assert.equal(nextIndex("ArrowLeft", 0, 10, 4), 0);
  assert.equal(nextIndex("ArrowDown", 1, 10, 4), 5);
  assert.equal(nextIndex("ArrowDown", 8, 10, 4), 9);
  assert.equal(nextIndex("ArrowUp", 5, 10, 4), 1);
  assert.equal(nextIndex("Home", 7, 10, 4), 0);
  assert.equal(nextIndex("End", 3, 10, 4), 9);
  assert.equal(nextIndex("Enter", 3, 10, 4), undefined);
  assert.equal(clampIndex(5, 0), -1);
});

test("in lists side by side, arrows go down a list and over to the next", () => {
  const lengths = [5, 3, 0];
  assert.deepEqual(nextPosition("ArrowDown", at(0, 1), lengths, 4), at(0, 2));
  assert.deepEqual(nextPosition("ArrowRight", at(0, 4), lengths, 4), at(1, 2));
  assert.deepEqual(nextPosition("ArrowRight", at(1, 1), lengths, 4), at(1, 1));
  assert.deepEqual(nextPosition("ArrowLeft", at(0, 1), lengths, 4), at(0, 1));
  assert.equal(nextPosition("x", at(0, 1), lengths, 4), undefined);
});

test("a list alone is a grid", () => {
  assert.deepEqual(nextPosition("ArrowDown", at(0, 1), [9], 4), at(0, 5));
  assert.deepEqual(nextPosition("ArrowRight", at(0, 1), [9], 4), at(0, 2));
});

test("lines join what two lists share, by where it moves", () => {
  const left = ["a", "b", "c", "d"].map((id) => ({ id }));
  const right = ["b", "a", "c", "e"].map((id) => ({ id }));
  const moves = joined(left, right).map(({ id, to, kind }) => [id, to.id, kind]);
  assert.deepEqual(moves, [
    ["a", "a", "down"],
    ["b", "b", "up"],
    ["c", "c", "same"],
  ]);
});

test("a tick ticks one, or all from the last one on, in either direction", () => {
  const ids = ["a", "b", "c", "d", "e"];
  assert.deepEqual(toggled([], ids, "b"), ["b"]);
  assert.deepEqual(toggled(["b"], ids, "b"), []);
  assert.deepEqual(toggled(["b"], ids, "d", "b"), ["b", "c", "d"]);
  assert.deepEqual(toggled(["d"], ids, "b", "d").sort(), ["b", "c", "d"]);
  assert.deepEqual(toggled(["b", "c", "d", "e"], ids, "c", "d"), ["b", "e"]);
  assert.deepEqual(toggled(["elsewhere"], ids, "c", "not on this page"), ["elsewhere", "c"]);
});

test("events wait until the server has them", () => {
  const events = new PendingEvents(() => 5);
  const [first] = events.add({ kind: "go", step: 1 });
  const both = events.add({ ...PAIR, kind: "grade", grade: 3 });
  assert.equal(first.n, 500);
  assert.deepEqual(
    both.map((event) => event.n),
    [500, 501],
  );
  events.acknowledge(500);
  assert.deepEqual(events.pending, [both[1]]);
  events.acknowledge(501);
  assert.deepEqual(events.pending, []);
  assert.equal(events.add({ kind: "go", step: 1 })[0].n, 502);
});

test("a page that is loaded anew goes on counting", () => {
  const before = new PendingEvents(() => 1_000_000).add({ kind: "go", step: 1 });
  const after = new PendingEvents(() => 1_000_001).add({ kind: "go", step: 1 });
  assert.ok(after[0].n > before[0].n);
});

test("a pair has the grade of the last event, before the server has it", () => {
  const events = new PendingEvents();
  const saved = { q: { c: { grade: 1, note: "" } } };
  assert.equal(events.gradeOf(saved, "q", "c"), 1);
  assert.equal(events.gradeOf(saved, "q", "unknown"), 0);
  events.add({ ...PAIR, kind: "grade", grade: 4 });
  events.add({ kind: "note", query: "q", candidate: "c", note: "why" });
  assert.equal(events.gradeOf(saved, "q", "c"), 4);
  events.add({ ...PAIR, kind: "withdraw" });
  assert.equal(events.gradeOf(saved, "q", "c"), 0);
  assert.equal(events.gradeOf(saved, "q", "other"), 0);
});

test("only a grade that is there is taken back", () => {
  assert.deepEqual(gradeEvent(PAIR, 3, 0), { ...PAIR, kind: "grade", grade: 3 });
  assert.deepEqual(gradeEvent(PAIR, 0, 3), { ...PAIR, kind: "withdraw" });
  assert.equal(gradeEvent(PAIR, 0, 0), null);
});

test("digits grade, letters act in either case", () => {
  assert.equal(gradeOfKey("4"), 4);
  assert.equal(gradeOfKey("0"), 0);
  assert.equal(gradeOfKey("5"), null);
  assert.equal(gradeOfKey("F1"), null);
  assert.equal(nameOf({ key: "O", code: "KeyO" }), "o");
  assert.equal(nameOf({ key: "ArrowUp", code: "ArrowUp" }), "ArrowUp");
  assert.equal(nameOf({ key: "т", code: "KeyN" }), "n", "a Russian keyboard");
  assert.equal(nameOf({ key: "z", code: "KeyY" }), "z", "a German keyboard");
  assert.equal(nameOf({ key: "z", code: "KeyZ", ctrlKey: true }), "u", "undo");
  assert.equal(nameOf({ key: "1", code: "Digit1", ctrlKey: true }), null);
});

test("the queue is walked column by column", () => {
  assert.equal(allPositions([2, 0, 1]).length, 3);
  assert.deepEqual(stepped([2, 0, 1], at(0, 1), 1), at(2, 0));
  assert.deepEqual(stepped([2, 0, 1], at(2, 0), 1), at(2, 0));
  assert.deepEqual(stepped([2, 0, 1], at(0, -1), 1), at(0, 0));
  assert.deepEqual(stepped([], at(0, -1), 1), at(0, -1));
});

test("what is next to grade is searched onwards, then from the start", () => {
  const ungraded = ({ column, row }) => !(column === 1 && row === 0);
  const lengths = [2, 2];
  assert.deepEqual(nextWhere(lengths, at(0, 1), ungraded), at(1, 1));
  assert.deepEqual(nextWhere(lengths, at(1, 1), ungraded), at(0, 0));
  assert.deepEqual(nextWhere(lengths, at(0, -1), ungraded), at(0, 0));
  assert.equal(nextWhere([1], at(0, 0), ungraded), undefined);
});

test("a place on the page has one view, updated with each run's data", () => {
  const made = [];
  class View {
    constructor(parent) {
      this.seen = [];
      made.push([parent, this]);
    }
    update({ data }) {
      this.seen.push(data);
    }
  }
  const show = componentOf(View);
  const [here, there] = [{}, {}];
  show({ parentElement: here, data: 1 });
  show({ parentElement: here, data: 2 });
  show({ parentElement: there, data: 3 });
  assert.equal(made.length, 2);
  assert.deepEqual(made[0][1].seen, [1, 2]);
});

test("a component hears the page from run to run, until it has left", () => {
  const page = new EventTarget();
  globalThis.document = page;
  const place = { isConnected: true };
  let heard = 0;
  listenOnPage(place, "keydown", () => heard++);
  page.dispatchEvent(new Event("keydown"));
  page.dispatchEvent(new Event("keydown"));
  place.isConnected = false;
  page.dispatchEvent(new Event("keydown"));
  place.isConnected = true;
  page.dispatchEvent(new Event("keydown"));
  assert.equal(heard, 2);
  delete globalThis.document;
});

test("queries are compared in turn before the server knows, and come again when taken back", () => {
  const items = ["a", "b"].map((id) => ({ query: { id } }));
  const chosen = (query, n) => ({ kind: "prefer", query, n });
  const turns = new Turns();
  const first = turns.current(items, []);
  assert.equal(first.query.id, "a");
  turns.judge(first);
  const pending = [chosen("a", 1)];
  assert.equal(turns.current(items, pending).query.id, "b");
  assert.equal(turns.takeBack(), first);
  assert.equal(turns.current(items, [...pending, { kind: "take back", query: "a", n: 2 }]), first);
  turns.judge(first);
  turns.judge(turns.current(items, [chosen("a", 3)]));
  assert.equal(turns.current(items, [chosen("a", 3), chosen("b", 4)]), undefined);
});

test("lists that are clicked through are judged like those that are compared", () => {
  const items = ["a", "b"].map((id) => ({ query: { id } }));
  const turns = new Turns();
  const clicked = { kind: "click", query: "a", n: 1 };
  assert.equal(turns.current(items, [clicked]).query.id, "b");
  assert.equal(turns.current(items, [clicked, { ...clicked, kind: "take back" }]).query.id, "a");
});

test("the clicks of each team are counted, and none of what is nobody's", () => {
  const item = {
    teams: ["both", "first", "second", "first"],
    pictures: [..."abcd"].map((id) => ({ id })),
  };
  assert.deepEqual(counted(item, new Set(["a", "b", "d"])), { first: 2, second: 0 });
  assert.deepEqual(counted(item, new Set(["a"])), { first: 0, second: 0 });
});

test("sides that somebody sees do not change when the reviewer gets a name", () => {
  const turns = new Turns();
  const seen = turns.current([{ query: { id: "a" }, left: "clip" }], []);
  assert.equal(turns.current([{ query: { id: "a" }, left: "bert" }], []), seen);
});
