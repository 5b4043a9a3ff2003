// Numbers behind the heat: a matrix of parts by parts, its sums, its colours. No elements.

/** @import { Grid, ItemData } from "./data.js" */

/**
 * The parts of the query, row by row, by the parts of one result.
 *
 * @typedef {{ rows: number, columns: number, values: Float32Array }} Matrix
 */

const RAISES = [0, 114, 178];
const LOWERS = [213, 94, 0];
const STRONGEST = 0.82; // how much of the picture the strongest colour hides

/**
 * How many parts an item has: cells, words, and a whole for each of both.
 *
 * @param {ItemData} item
 */
export function partsOf({ grid, words }) {
  const cells = grid ? grid.rows * grid.columns : 0;
  return { cells, words: words.length, all: cells + words.length + 2 };
}

/**
 * @param {string} base64
 * @param {number} rows
 * @param {number} columns
 * @returns {Matrix}
 */
export function decoded(base64, rows, columns) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return { rows, columns, values: new Float32Array(bytes.buffer) };
}

/**
 * What each part of the query adds, over all parts of the result.
 *
 * @param {Matrix} matrix
 */
export function byQuery({ rows, columns, values }) {
  return Float64Array.from({ length: rows }, (_, row) =>
    values.subarray(row * columns, (row + 1) * columns).reduce((sum, value) => sum + value, 0),
  );
}

/**
 * What each part of the result adds, over all parts of the query.
 *
 * @param {Matrix} matrix
 */
export function byResult(matrix) {
  const sums = new Float64Array(matrix.columns);
  for (let row = 0; row < matrix.rows; row++) {
    for (let column = 0; column < matrix.columns; column++) {
      sums[column] += matrix.values[row * matrix.columns + column];
    }
  }
  return sums;
}

/**
 * What each part of the result adds together with one part of the query.
 *
 * @param {Matrix} matrix
 * @param {number} row
 */
export function withQueryPart({ columns, values }, row) {
  return Float64Array.from(values.subarray(row * columns, (row + 1) * columns));
}

/**
 * What each part of the query adds together with one part of the result.
 *
 * @param {Matrix} matrix
 * @param {number} column
 */
export function withResultPart({ rows, columns, values }, column) {
  return Float64Array.from({ length: rows }, (_, row) => values[row * columns + column]);
}

/**
 * The largest absolute value among the cells on the picture, and among words: the ends of their
 * scales.
 *
 * @param {Float64Array} adds of an item's parts
 * @param {ItemData} item
 */
export function extremes(adds, item) {
  const { cells, words } = partsOf(item);
  const { grid } = item;
  return {
    cells: largest(adds.subarray(0, cells).filter((_, cell) => grid && isOnPicture(grid, cell))),
    words: largest(adds.subarray(cells + 1, cells + 1 + words)),
  };
}

/** @param {Float64Array} values */
function largest(values) {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/**
 * The pixels of a picture's heat, one for each cell: red, green, blue, opacity.
 *
 * @param {Float64Array} adds of its cells
 * @param {number} most the end of the scale
 */
export function pixels(adds, most) {
  const colours = new Uint8ClampedArray(4 * adds.length);
  adds.forEach((value, cell) => {
    const share = most > 0 ? Math.min(Math.abs(value) / most, 1) : 0;
    colours.set([...(value < 0 ? LOWERS : RAISES), 255 * STRONGEST * share], 4 * cell);
  });
  return colours;
}

/**
 * The cell at a point of the picture, whose width and height are 1; null beside the grid.
 *
 * @param {Grid} grid
 * @param {number} x
 * @param {number} y
 */
export function cellAt(grid, x, y) {
  const column = Math.floor(((x - grid.left) / grid.width) * grid.columns);
  const row = Math.floor(((y - grid.top) / grid.height) * grid.rows);
  const inside = row >= 0 && row < grid.rows && column >= 0 && column < grid.columns;
  return inside ? row * grid.columns + column : null;
}

/**
 * The cell beside another one; the same at the picture's edge.
 *
 * @param {Grid} grid
 * @param {number} cell
 * @param {string} key an arrow key
 */
export function cellBeside(grid, cell, key) {
  let row = Math.floor(cell / grid.columns);
  let column = cell % grid.columns;
  if (key === "ArrowUp") row--;
  else if (key === "ArrowDown") row++;
  else if (key === "ArrowLeft") column--;
  else if (key === "ArrowRight") column++;
  const inside = row >= 0 && row < grid.rows && column >= 0 && column < grid.columns;
  const beside = row * grid.columns + column;
  return inside && isOnPicture(grid, beside) ? beside : cell;
}

/**
 * Whether the centre of a cell lies on the picture, and not on what fills it up to a square.
 *
 * @param {Grid} grid
 * @param {number} cell
 */
export function isOnPicture(grid, cell) {
  const row = Math.floor(cell / grid.columns);
  const column = cell % grid.columns;
  const x = grid.left + (grid.width * (column + 0.5)) / grid.columns;
  const y = grid.top + (grid.height * (row + 0.5)) / grid.rows;
  return x >= 0 && x <= 1 && y >= 0 && y <= 1;
}

/**
 * Where a cell lies on the picture, as CSS.
 *
 * @param {Grid} grid
 * @param {number} cell
 */
export function placeOf(grid, cell) {
  const row = Math.floor(cell / grid.columns);
  const column = cell % grid.columns;
  return {
    left: percent(grid.left + (column * grid.width) / grid.columns),
    top: percent(grid.top + (row * grid.height) / grid.rows),
    width: percent(grid.width / grid.columns),
    height: percent(grid.height / grid.rows),
  };
}

/** @param {number} share */
export function percent(share) {
  return `${(100 * share).toFixed(3)}%`;
}

/**
 * A contribution as people read it: three digits after the point, with its sign.
 *
 * @param {number} value
 */
export function signed(value) {
  const text = Math.abs(value).toFixed(3);
  return `${value < 0 && Number(text) ? "−" : Number(text) ? "+" : ""}${text}`;
}
