// The map at a million: parts of it are a few runs of points, and where points share pixels none of
// them is left out.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Density, fullFrom, strengths } from "../../mmrec_app/components/map/density.js";
import { Points } from "../../mmrec_app/components/map/points.js";
import { crowding, runsWithin } from "../../mmrec_app/components/map/quadtree.js";
import { FADED, styleTable } from "../../mmrec_app/components/map/styles.js";

const WHITE = [255, 255, 255];
const RED = [255, 0, 0];
const BLUE = [0, 0, 255];
const TABLE = styleTable({ palette: [RED, BLUE], scale: null, background: WHITE, text: [0, 0, 0] });

/** Numbers that look random, the same each time (Lehmer 1951). */
function* drawn(seed = 7) {
  for (let state = seed; ;) yield (state = (state * 48271) % 2147483647) / 2147483647;
}

/** The bits of x and y in turn, as in mmrec_core/collection/map_levels.py. */
function code([x, y]) {
  let bits = 0n;
  for (let bit = 0n; bit < 16n; bit++) {
    bits |= ((BigInt(x) >> bit) & 1n) << (2n * bit);
    bits |= ((BigInt(y) >> bit) & 1n) << (2n * bit + 1n);
  }
  return Number(bits);
}

function crowd(count) {
  const numbers = drawn();
  const next = () => numbers.next().value;
  const places = Array.from({ length: count }, (_, i) => {
    const spread = i % 2 ? 65535 : 900; // half of them in a corner
    return [Math.floor(next() * spread), Math.floor(next() * spread)];
  });
  places.sort((one, other) => code(one) - code(other));
  return new Points(Uint16Array.from(places.flat()).buffer);
}

const POINTS = crowd(4000);
const BOUNDS = [
  [0, 0, 65535, 65535],
  [100, 100, 700, 300],
  [0, 0, 255, 255],
  [30000, 20000, 47000, 61000],
  [500, 65000, 500, 65535],
  [70000, 0, 80000, 100],
];

test("runs hold each point of a part once, and next to no others", () => {
  for (const [left, low, right, high] of BOUNDS) {
    const runs = runsWithin(POINTS.starts, [left, low, right, high]);
    const held = [];
    for (let run = 0; run < runs.length; run += 2) {
      assert.ok(runs[run] < runs[run + 1] && (run === 0 || runs[run - 1] < runs[run]));
      for (let i = runs[run]; i < runs[run + 1]; i++) held.push(i);
    }
    const [all, near] = [new Set(held), 256];
    assert.equal(all.size, held.length);
    for (let i = 0; i < POINTS.count; i++) {
      const { x, y } = POINTS.at(i);
      if (left <= x && x <= right && low <= y && y <= high) assert.ok(all.has(i));
      if (x < left - near || x > right + near || y < low - near || y > high + near) {
        assert.ok(!all.has(i));
      }
    }
  }
  assert.deepEqual(runsWithin(POINTS.starts, BOUNDS[0]), [0, POINTS.count]);
});

test("what is looked up in the levels is what looking at every point gives", () => {
  const active = Uint8Array.from({ length: POINTS.count }, (_, i) => (i % 3 ? 1 : 0));
  for (const [left, low, right, high] of BOUNDS) {
    const expected = [...active.keys()].filter((i) => {
      const { x, y } = POINTS.at(i);
      return active[i] && left <= x && x <= right && low <= y && y <= high;
    });
    assert.deepEqual(POINTS.within([left, low, right, high], active), expected);
  }
  for (const place of [
    { x: 300, y: 300 },
    { x: 40000, y: 25000 },
    { x: 65535, y: 0 },
  ]) {
    const away = (i) => {
      const { x, y } = POINTS.at(i);
      return ((x - place.x) ** 2 + (y - place.y) ** 2) * (active[i] ? 1 : 4);
    };
    const expected = [...active.keys()].reduce((best, i) => (away(i) < away(best) ? i : best), 0);
    assert.equal(POINTS.nearest(place, 5000, active), expected);
  }
});

test("the more points have others beside them, the more crowded is the map", () => {
  const apart = new Points(Uint16Array.of(0, 0, 30000, 30000, 65535, 65535).buffer);
  const together = new Points(Uint16Array.of(5, 5, 6, 6, 7, 7).buffer);
  assert.equal(crowding(apart.starts), 0);
  assert.equal(crowding(together.starts), 2);
});

function layer(places, codes, more = {}) {
  const styles = Uint8Array.from(codes, (one) => 1 + one);
  const base = { points: Uint16Array.from(places.flat()), runs: [0, places.length], styles };
  const kind = { first: 1, last: FADED - 1, table: TABLE, colours: 2, byLevel: false, full: 100 };
  return { ...base, ...kind, ...more };
}

function drawnOn(side, one, ratio = 1) {
  const density = new Density();
  density.resize(side, side);
  const counted = density.count(one, { scale: 1, left: 0, top: side });
  const width = side * ratio;
  const pixels = new Uint32Array(width * width).fill(0xffffffff);
  density.draw(one, pixels, width, ratio);
  const at = (x, y) => {
    const value = pixels[y * width + x];
    return [value & 255, (value >> 8) & 255, (value >> 16) & 255];
  };
  return { counted, at, pixels, density };
}

test("every point in view is counted, and those that share a pixel are told", () => {
  const places = [...Array(70_000).fill([5, 5]), [8, 8], [8, 8], [2, 9], [50, 50]];
  const one = layer(places, Array(places.length).fill(0));
  const { counted, at, density, pixels } = drawnOn(20, one);
  assert.deepEqual(counted, { inView: 70_003, alone: 1 });
  assert.ok(at(5, 15)[1] < at(8, 12)[1] && at(8, 12)[1] < at(2, 11)[1], "more is stronger");
  assert.deepEqual(at(12, 3), WHITE);
  const again = pixels.slice();
  density.draw(one, pixels, 20, 1);
  assert.deepEqual(pixels, again, "nothing is left of what was counted");
});

test("a point covers two by two CSS pixels at any ratio", () => {
  for (const ratio of [1, 1.5, 2]) {
    const { pixels } = drawnOn(20, layer([[5, 5]], [0]), ratio);
    const touched = pixels.filter((value) => value !== 0xffffffff).length;
    assert.equal(touched, (2 * ratio) ** 2);
  }
});

test("a mixture is of both colours, nearer to the one that is more of it", () => {
  const mixture = (reds, blues) => {
    const codes = [...Array(reds).fill(0), ...Array(blues).fill(1)];
    return drawnOn(10, layer(Array(codes.length).fill([5, 5]), codes)).at(5, 5);
  };
  const [red, , blue] = mixture(10, 10);
  assert.equal(red, blue);
  const [more, , less] = mixture(30, 10);
  assert.ok(more > less && less > mixture(100, 0)[2]);
});

test("on a scale the highest value is on top, in whatever order the points come", () => {
  for (const codes of [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]) {
    const one = layer(Array(3).fill([5, 5]), codes, { byLevel: true });
    const [red, , blue] = drawnOn(10, one).at(5, 5);
    assert.ok(blue > red);
  }
});

test("a colour grows stronger with the number of points, up to the full one", () => {
  const { opacity, depth } = strengths(fullFrom(25));
  assert.equal(opacity.length, 101);
  for (let n = 2; n <= 100; n++) assert.ok(opacity[n] > opacity[n - 1] && depth[n] >= depth[n - 1]);
  assert.ok(opacity[1] > 0.3 && Math.abs(opacity[100] - 1) < 1e-6);
  assert.equal(fullFrom(1), fullFrom(0.1));
});
