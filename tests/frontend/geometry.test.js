// The map's arithmetic: where points are, and what a selection holds.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Frame, GRID, bounds, extent, rounded } from "../../mmrec_app/components/map/geometry.js";
import { box } from "../../mmrec_app/components/map/gestures.js";
import { Points } from "../../mmrec_app/components/map/points.js";
import { inside, simplified } from "../../mmrec_app/components/map/selection.js";

const corners = (text) => text.split(" ").map((one) => one.split(",").map(Number));
const LATTICE = Array.from({ length: 100 }, (_, i) => [i % 10, Math.floor(i / 10)]);

function chosen(polygon) {
  const flags = inside(polygon, LATTICE.flat(), LATTICE.length);
  return LATTICE.filter((_, i) => flags[i]).map(([x, y]) => `${x},${y}`);
}

test("a box holds what is inside, drawn in either direction", () => {
  const drawn = box([1.5, 2.5], [4.5, 3.5]);
  assert.deepEqual(chosen(drawn), ["2,3", "3,3", "4,3"]);
  assert.deepEqual(chosen([...drawn].reverse()), ["2,3", "3,3", "4,3"]);
  assert.deepEqual(chosen(box([4.5, 3.5], [1.5, 2.5])), ["2,3", "3,3", "4,3"]);
});

test("a dent of a selection is outside", () => {
  const bay = corners("0.5,0.5 5.5,0.5 5.5,4.5 4.5,4.5 4.5,1.5 1.5,1.5 1.5,4.5 0.5,4.5");
  assert.ok(chosen(bay).includes("1,3"));
  assert.ok(chosen(bay).includes("5,4"));
  assert.ok(!chosen(bay).includes("3,3"));
});

test("what a selection rounds twice is outside", () => {
  const star = Array.from({ length: 5 }, (_, i) => {
    const angle = (4 * Math.PI * i) / 5;
    return [4.6 + 4 * Math.sin(angle), 4.4 + 4 * Math.cos(angle)];
  });
  assert.ok(!chosen(star).includes("5,4"));
  assert.ok(chosen(star).includes("5,7"));
});

test("a selection off the map holds nothing", () => {
  assert.deepEqual(chosen(box([50, 50], [60, 60])), []);
});

test("a path keeps its corners and loses what lies between them", () => {
  const path = [];
  for (let x = 0; x <= 100; x++) path.push([x, x % 2 ? 0.3 : 0]);
  for (let y = 1; y <= 100; y++) path.push([100, y]);
  assert.deepEqual(simplified(path, 1, 64), corners("0,0 100,0 100,100"));
});

test("a path has at most as many corners as are allowed", () => {
  const circle = Array.from({ length: 720 }, (_, i) => {
    return [500 * Math.cos((i * Math.PI) / 360), 500 * Math.sin((i * Math.PI) / 360)];
  });
  const kept = simplified(circle, 0.001, 64);
  assert.ok(kept.length <= 64 && kept.length > 20);
  assert.ok(kept.every(([x, y]) => Math.abs(Math.hypot(x, y) - 500) < 1e-9));
});

test("a path of three corners is left alone", () => {
  const triangle = corners("0,0 1,1e-6 2,0");
  assert.deepEqual(simplified(triangle, 1, 64), triangle);
});

test("the frame leads to the grid and back", () => {
  const frame = new Frame([-2, 3, 8]);
  assert.deepEqual(frame.toGrid([-2, 3]), [0, 0]);
  assert.deepEqual(frame.toGrid([6, 11]), [GRID, GRID]);
  const [x, y] = frame.toMapUnits(frame.toGrid([1.25, 4.5]));
  assert.ok(Math.abs(x - 1.25) < 1e-12 && Math.abs(y - 4.5) < 1e-12);
});

test("bounds hold all corners, an extent all points", () => {
  assert.deepEqual(bounds(corners("3,-1 0,5 2,2")), [0, -1, 3, 5]);
  assert.deepEqual(extent(Uint16Array.of(7, 2, 4, 9, 5, 5)), [4, 2, 7, 9]);
});

test("a link's corners are as fine as the selection is small", () => {
  assert.deepEqual(rounded(corners("0.123456,0 100,50.98765 0,50"))[1], [100, 51]);
  assert.deepEqual(rounded(corners("1.123456,2 1.2,2.1 1,2"))[0], [1.1235, 2]);
  const [[x]] = rounded(corners("1.12345678,2 1.12345699,2.0000001 1.1234568,2"));
  assert.equal(x, 1.123457);
});

test("the nearest point is found within reach, active ones first", () => {
  const points = new Points(Uint16Array.of(100, 100, 110, 100, 500, 500).buffer);
  const all = new Uint8Array([1, 1, 1]);
  assert.deepEqual(points.at(2), { x: 500, y: 500 });
  assert.equal(points.nearest({ x: 101, y: 100 }, 50, all), 0);
  assert.equal(points.nearest({ x: 104, y: 100 }, 50, new Uint8Array([0, 1, 1])), 1);
  assert.equal(points.nearest({ x: 300, y: 300 }, 50, all), -1);
  assert.deepEqual(points.within([90, 90, 120, 120], all), [0, 1]);
  assert.deepEqual(points.within([90, 90, 120, 120], new Uint8Array([0, 1, 1])), [1]);
  assert.equal(points.within([90, 90, 120, 120], all, 1), null);
});

test("a point leads to its image and back once the rows are read", () => {
  const points = new Points(Uint16Array.of(100, 100, 110, 100).buffer);
  assert.equal(points.rowOf(0), -1);
  points.rows = Uint32Array.of(7, 3);
  assert.equal(points.rowOf(1), 3);
});
