// How points are drawn: which are in colour, in which colour, in which order, in which pixels.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  css,
  mixed,
  onScale,
  parsedColour,
  pixel,
} from "../../mmrec_app/components/map/colours.js";
import { isolatedAfter } from "../../mmrec_app/components/map/legend.js";
import { Raster } from "../../mmrec_app/components/map/raster.js";
import {
  FADED,
  NO_CATEGORY,
  NO_VALUE,
  activePoints,
  countByCode,
  inDrawingOrder,
  styleTable,
  styled,
} from "../../mmrec_app/components/map/styles.js";

const CODES = Uint16Array.of(0, 1, NO_CATEGORY, 1, 0);
const BY_CODE = { codes: CODES, values: null, shown: null };
const BLACK = [0, 0, 0];
const WHITE = [255, 255, 255];

test("colours are read as CSS writes them", () => {
  assert.deepEqual(parsedColour(" #0072B2 "), [0, 0x72, 0xb2]);
  assert.deepEqual(parsedColour("rgb(12, 34, 56)"), [12, 34, 56]);
  assert.deepEqual(parsedColour("rgba(12 34 56 / 0.5)"), [12, 34, 56]);
  assert.deepEqual(parsedColour("inherit"), WHITE);
  assert.equal(css([1.4, 2.6, 3]), "rgb(1 3 3)");
  assert.equal(pixel([1, 2, 3]), 0xff030201);
});

test("colours mix, and lie between the steps of a scale", () => {
  assert.deepEqual(mixed(BLACK, [100, 200, 50], 0.5), [50, 100, 25]);
  const scale = [BLACK, [100, 100, 100], WHITE];
  assert.deepEqual(onScale(scale, 0), BLACK);
  assert.deepEqual(onScale(scale, 0.25), [50, 50, 50]);
  assert.deepEqual(onScale(scale, 1), WHITE);
});

test("a filter, isolated categories and missing values leave points grey", () => {
  const all = new Set();
  assert.deepEqual([...activePoints(5, BY_CODE, all)], [1, 1, 1, 1, 1]);
  assert.deepEqual([...activePoints(5, BY_CODE, new Set([1]))], [0, 1, 0, 1, 0]);
  const shown = Uint8Array.of(0b10011);
  assert.deepEqual([...activePoints(5, { ...BY_CODE, shown }, all)], [1, 1, 0, 0, 1]);
  const values = Uint8Array.of(3, NO_VALUE);
  assert.deepEqual([...activePoints(2, { codes: null, values, shown: null }, all)], [1, 0]);
  const scale = { codes: null, values: new Uint8Array([9, 10, 20, 21, NO_VALUE]), shown: null };
  assert.deepEqual([...activePoints(5, scale, all, [10, 20])], [0, 1, 1, 0, 0]);
});

test("counts are of images that pass the filter and have a category", () => {
  assert.deepEqual(countByCode(5, BY_CODE), { 0: 2, 1: 2 });
  assert.deepEqual(countByCode(5, { ...BY_CODE, shown: Uint8Array.of(0b00111) }), { 0: 1, 1: 1 });
  assert.deepEqual(countByCode(5, { ...BY_CODE, codes: null }), {});
});

test("what is outside the selection is faded, what is not in colour is grey", () => {
  const active = Uint8Array.of(1, 1, 1, 0, 1);
  const selected = Uint8Array.of(1, 0, 1, 1, 1);
  const styles = styled(active, BY_CODE, selected, 6);
  assert.equal(styles[3], 0);
  assert.equal(styles[1], styles[0] + 1 + FADED);
  assert.notEqual(styles[2], styles[0]);
  const part = (first, last) => [
    ...inDrawingOrder({ runs: [0, 2, 2, 5], styles, first, last, byLevel: false }),
  ];
  assert.deepEqual(part(0, 0), [3]);
  assert.deepEqual(part(FADED, 127), [1]);
  assert.deepEqual(part(1, FADED - 1), [0, 2, 4]);
});

test("high values are drawn over low ones, those in view alone", () => {
  const values = Uint8Array.of(200, 10, 254, NO_VALUE, 0);
  const active = Uint8Array.of(1, 1, 1, 0, 1);
  const styles = styled(active, { codes: null, values, shown: null }, null, 6);
  const layer = { runs: [0, 4], styles, first: 1, last: FADED - 1, byLevel: true };
  assert.deepEqual([...inDrawingOrder(layer)], [1, 0, 2]);
  assert.ok(styles[1] < styles[0] && styles[0] < styles[2]);
});

test("categories beyond the palette take another shape", () => {
  const palette = [BLACK, WHITE];
  const table = styleTable({ palette, scale: null, background: WHITE, text: BLACK });
  const codes = Uint16Array.of(0, 2, 12);
  const styles = styled(Uint8Array.of(1, 1, 1), { codes, values: null, shown: null }, null, 2);
  assert.deepEqual(
    [...styles].map((style) => table.shapes[style]),
    [0, 1, 0],
  );
  assert.equal(table.pixels[styles[0]], table.pixels[styles[1]]);
  assert.equal(table.pixels[styles[0] + FADED], pixel(mixed(WHITE, BLACK, 0.22)));
});

test("a click in the legend isolates, another takes it back, with Shift it adds", () => {
  assert.deepEqual(isolatedAfter(new Set(), 3, false), [3]);
  assert.deepEqual(isolatedAfter(new Set([3]), 3, false), []);
  assert.deepEqual(isolatedAfter(new Set([3, 4]), 3, false), [3]);
  assert.deepEqual(isolatedAfter(new Set([3]), 4, true), [3, 4]);
  assert.deepEqual(isolatedAfter(new Set([3, 4]), 3, true), [4]);
});

test("points become pixels where they lie", () => {
  const context = {
    createImageData: (width, height) => {
      return { width, height, data: new Uint8ClampedArray(4 * width * height) };
    },
    putImageData: () => {},
  };
  const raster = new Raster({ getContext: () => context });
  raster.resize(40, 20, 1);
  const layer = {
    points: Uint16Array.of(10, 15, 30, 5, 39, 19),
    runs: [0, 3],
    styles: styled(
      Uint8Array.of(1, 0, 1),
      { codes: Uint16Array.of(0, 0, 0), values: null },
      null,
      1,
    ),
    table: styleTable({ palette: [BLACK], scale: null, background: WHITE, text: BLACK }),
    ...{ colours: 1, byLevel: false, radius: 0.5, full: 10 },
  };
  const white = pixel(WHITE);
  const place = { scale: 1, left: 0, top: 20 };
  const layers = [
    { ...layer, first: 0, last: 0 },
    { ...layer, first: 1, last: FADED - 1 },
  ];
  assert.deepEqual(raster.draw(layers, white, place), [null, null]);
  const at = (x, y) => raster.pixels[y * 40 + x];
  assert.ok((at(10, 5) & 255) < 128, "the point in colour, y downwards");
  assert.ok((at(30, 15) & 255) > 128 && at(30, 15) !== white, "the grey point");
  assert.equal(at(20, 10), white);
  assert.equal(
    raster.pixels.filter((one) => one !== white).length,
    8,
    "two of 2 × 2, none at the edge",
  );
  const crowded = layers.map((one) => ({ ...one, radius: null }));
  assert.deepEqual(raster.draw(crowded, white, place), [
    { inView: 1, alone: 1 },
    { inView: 2, alone: 2 },
  ]);
  assert.ok((at(10, 5) & 255) < 160 && at(20, 10) === white);
});
