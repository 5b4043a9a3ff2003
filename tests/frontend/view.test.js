// What part of the map the canvas shows.

import assert from "node:assert/strict";
import { test } from "node:test";

import { actOnKey } from "../../mmrec_app/components/map/gestures.js";
import { overlap } from "../../mmrec_app/components/map/overlay.js";
import { SIDE, pictureAt, withRoom } from "../../mmrec_app/components/map/pictures.js";
import { View } from "../../mmrec_app/components/map/view.js";

function view() {
  const made = new View();
  made.bounds = [1000, 2000, 61000, 32000];
  made.resize(800, 600);
  made.set(made.whole());
  return made;
}

function near(one, other) {
  assert.ok(Math.abs(one - other) < 1e-6, `${one} is not ${other}`);
}

test("the whole map lies within the canvas, in the middle of what the toolbar leaves free", () => {
  const { screenX, screenY } = bound(view());
  near(screenX(1000), 68);
  near(screenX(61000), 760);
  assert.ok(screenY(32000) > 0 && screenY(2000) < 600);
  near(screenY(32000), 600 - screenY(2000));
});

test("the whole map stays whole in a canvas of another size", () => {
  const made = view();
  for (const [width, height] of [
    [1, 1],
    [320, 500],
  ])
    made.resize(width, height);
  near(made.zoom, 1);
  near(made.screenX(1000), 68);
  near(made.screenX(61000), 304);
});

test("the grid's y grows upwards", () => {
  const { screenY } = bound(view());
  assert.ok(screenY(32000) < screenY(2000));
});

test("screen and grid lead back to each other", () => {
  const made = view();
  made.zoomAt(100, 500, 7);
  near(made.gridX(made.screenX(12345)), 12345);
  near(made.gridY(made.screenY(23456)), 23456);
  const [left, low, right, high] = made.visible;
  near(made.screenX(left), 0);
  near(made.screenY(low), 600);
  near(made.screenX(right), 800);
  near(made.screenY(high), 0);
});

test("zooming keeps the place under the pointer", () => {
  const made = view();
  const [x, y] = [made.gridX(300), made.gridY(200)];
  made.zoomAt(300, 200, 3);
  near(made.zoom, 3);
  near(made.gridX(300), x);
  near(made.gridY(200), y);
});

test("zoom has limits", () => {
  const made = view();
  made.zoomAt(400, 300, 1e9);
  near(made.zoom, 160);
  made.zoomAt(400, 300, 1e-9);
  near(made.zoom, 0.5);
});

test("panning moves with the pointer, and not off the map", () => {
  const made = view();
  made.zoomAt(400, 300, 4);
  const before = made.screenX(31000);
  made.pan(50, 0);
  near(made.screenX(31000), before + 50);
  made.pan(1e9, -1e9);
  assert.deepEqual([made.x, made.y], [1000, 2000]);
});

test("another size of the canvas keeps the zoom", () => {
  const made = view();
  made.zoomAt(400, 300, 5);
  made.resize(400, 900);
  near(made.zoom, 5);
});

test("a view around places holds them, without coming too close", () => {
  const made = view();
  const [one, other] = [
    { x: 5000, y: 5000 },
    { x: 9000, y: 6000 },
  ];
  made.set(made.around([one, other], 100));
  for (const x of [5000, 9000]) assert.ok(made.screenX(x) > 0 && made.screenX(x) < 800);
  made.set(made.around([one], 12));
  near(made.zoom, 12);
  near(made.screenX(5000), made.middleX);
});

test("pictures keep apart, the first has its place", () => {
  const made = view();
  const places = [0, SIDE / 2, SIDE + 10, 3 * SIDE].map((x) => ({
    x: made.gridX(x + 50),
    y: 9000,
  }));
  assert.deepEqual(
    withRoom([1, 0, 2, 3], made, (row) => places[row]),
    [1, 3],
  );
  assert.deepEqual(
    withRoom([0, 1, 2, 3], made, (row) => places[row]),
    [0, 2, 3],
  );
});

test("a picture is hit anywhere on it", () => {
  const pictures = [{ point: 8, row: 3, x: 100, y: 100 }];
  assert.equal(pictureAt(pictures, 100 + SIDE / 2 - 1, 100 - SIDE / 2 + 1), 8);
  assert.equal(pictureAt(pictures, 100, 100 + SIDE / 2 + 1), -1);
});

test("boxes that share an edge do not overlap", () => {
  assert.ok(overlap([0, 0, 10, 10], [9, 9, 20, 20]));
  assert.ok(!overlap([0, 0, 10, 10], [10, 0, 20, 10]));
});

test("keys act on the map, others do not", () => {
  const done = [];
  const record =
    (name) =>
    (...given) =>
      done.push([name, ...given]);
  const map = new Proxy({}, { get: (_, name) => record(name) });
  assert.ok(actOnKey("ArrowLeft", map));
  assert.ok(actOnKey("=", map));
  assert.ok(actOnKey("Escape", map));
  assert.ok(!actOnKey("a", map));
  assert.deepEqual(done, [["step", 70, 0], ["zoomIn"], ["clear"]]);
});

function bound(made) {
  return { screenX: (x) => made.screenX(x), screenY: (y) => made.screenY(y) };
}
