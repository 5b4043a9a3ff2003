// A rectangle on a picture: drawn, moved and resized within it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { MIDDLE, between, isLarge, moved, resized } from "../../mmrec_app/components/region/box.js";

test("a stroke in any direction gives a rectangle within the picture", () => {
  assert.deepEqual(between({ x: 0.9, y: -0.2 }, { x: 0.3, y: 0.5 }), [0.3, 0, 0.9, 0.5]);
});

test("a click or a thin line is no rectangle", () => {
  assert.equal(isLarge([0.5, 0.5, 0.5, 0.5]), false);
  assert.equal(isLarge([0, 0.5, 1, 0.52]), false);
  assert.equal(isLarge([0.1, 0.1, 0.2, 0.2]), false);
  assert.equal(isLarge([0.1, 0.1, 0.4, 0.4]), true);
});

test("moving stops at the edge and keeps the size", () => {
  assert.deepEqual(moved(MIDDLE, { x: 0.5, y: -0.5 }), [0.5, 0, 1, 0.5]);
});

test("resizing keeps it large enough and within the picture", () => {
  assert.deepEqual(resized(MIDDLE, { x: 0.5, y: 0 }), [0.25, 0.25, 1, 0.75]);
  assert.deepEqual(resized(MIDDLE, { x: -0.48, y: 0 }), MIDDLE);
  assert.deepEqual(resized(MIDDLE, { x: -0.6, y: 0 }), MIDDLE);
});
