// Regions and words: sums of a matrix, cells of a grid.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  byQuery,
  byResult,
  cellAt,
  cellBeside,
  decoded,
  extremes,
  isOnPicture,
  pixels,
  signed,
  withQueryPart,
  withResultPart,
} from "../../mmrec_app/components/regions/heat.js";

const BASE64 = Buffer.from(new Float32Array([1, 2, 3, -4, 5, 6]).buffer).toString("base64");
const MATRIX = decoded(BASE64, 2, 3);
// Twice as high as it is wide: the outer columns of four lie beside the picture.
const UPRIGHT = { rows: 4, columns: 4, left: -0.5, top: 0, width: 2, height: 1 };

test("a matrix is summed by the query's parts and by the result's", () => {
  assert.deepEqual([...byQuery(MATRIX)], [6, 7]);
  assert.deepEqual([...byResult(MATRIX)], [-3, 7, 9]);
  assert.deepEqual([...withQueryPart(MATRIX, 1)], [-4, 5, 6]);
  assert.deepEqual([...withResultPart(MATRIX, 0)], [1, -4]);
});

test("a point of the picture lies in a cell", () => {
  assert.equal(cellAt(UPRIGHT, 0.1, 0.1), 1);
  assert.equal(cellAt(UPRIGHT, 0.9, 0.9), 14);
  assert.equal(cellAt(UPRIGHT, 1.6, 0.1), null);
});

test("arrows stop where the picture ends, not where the grid does", () => {
  assert.deepEqual(
    [0, 1, 2, 3].map((cell) => isOnPicture(UPRIGHT, cell)),
    [false, true, true, false],
  );
  assert.equal(cellBeside(UPRIGHT, 1, "ArrowRight"), 2);
  assert.equal(cellBeside(UPRIGHT, 1, "ArrowLeft"), 1);
  assert.equal(cellBeside(UPRIGHT, 1, "ArrowUp"), 1);
  assert.equal(cellBeside(UPRIGHT, 1, "ArrowDown"), 5);
});

test("the scale ends at what can be seen", () => {
  const adds = new Float64Array(16 + 1 + 2 + 1).fill(0.1);
  adds[0] = 9; // beside the picture
  adds[16] = 8; // the picture as a whole
  adds[6] = -3;
  adds[17] = -2; // a word
  const item = {
    grid: UPRIGHT,
    words: [
      [0, 1],
      [2, 4],
    ],
  };
  assert.deepEqual(extremes(adds, item), { cells: 3, words: 2 });
  const none = { grid: null, words: [] };
  assert.deepEqual(extremes(new Float64Array(2), none), { cells: 0, words: 0 });
});

test("heat is blue above zero, vermilion below, and clear at zero", () => {
  const [up, down, none] = [0, 4, 8].map((at) => [...pixels([1, -0.5, 0], 1).slice(at, at + 4)]);
  assert.deepEqual(up.slice(0, 3), [0, 114, 178]);
  assert.deepEqual(down.slice(0, 3), [213, 94, 0]);
  assert.ok(up[3] > down[3] && down[3] > 0 && none[3] === 0);
  assert.ok([...pixels([1], 0)].every((value) => value !== 255));
});

test("numbers have their sign, and three digits to be added up", () => {
  assert.equal(signed(0.1234), "+0.123");
  assert.equal(signed(-0.0004), "0.000");
  assert.equal(signed(-2), "−2.000");
});
