// The shapes that lie over the points, in CSS pixels.

/** @import { Colour } from "./colours.js" */
/** @import { Corner } from "./geometry.js" */

import { css } from "./colours.js";

const RANK_FONT = "700 11px ";
const STAR = "#F0E442";
const DARK = "#1D1E24";
const WHITE = "#FFFFFF";

/**
 * @typedef {object} Theme
 * @property {Colour} background
 * @property {Colour} text
 * @property {string} accent
 * @property {string} font
 */

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Corner[]} path
 * @param {string} colour
 * @param {boolean} drawing whether it is being drawn
 */
export function drawPolygon(context, path, colour, drawing) {
  context.beginPath();
  for (const [x, y] of path) context.lineTo(x, y);
  context.closePath();
  context.globalAlpha = 0.08;
  context.fillStyle = colour;
  context.fill();
  context.globalAlpha = drawing ? 1 : 0.75;
  context.setLineDash(drawing ? [] : [5, 4]);
  context.lineWidth = 1.5;
  context.strokeStyle = colour;
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Corner} middle
 * @param {number} radius
 * @param {string} colour
 * @param {number} width
 */
export function drawCircle(context, [x, y], radius, colour, width) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Corner} middle
 * @param {number} radius
 * @param {Theme} theme
 * @param {string} text above it
 */
export function drawRing(context, [x, y], radius, theme, text) {
  drawCircle(context, [x, y], radius, css(theme.background), 4);
  drawCircle(context, [x, y], radius, css(theme.text), 2);
  if (text) drawText(context, text, x, y - radius - 7, theme, RANK_FONT);
}

/**
 * The rank of a result at the corner of its picture.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {string} text
 */
export function drawBadge(context, x, y, text) {
  context.beginPath();
  context.arc(x, y, 9, 0, 2 * Math.PI);
  context.fillStyle = DARK;
  context.fill();
  drawCircle(context, [x, y], 9, WHITE, 1.5);
  context.font = `${RANK_FONT}sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = WHITE;
  context.fillText(text, x, y + 0.5);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 */
export function drawStar(context, x, y) {
  context.beginPath();
  for (let corner = 0; corner < 10; corner++) {
    const reach = corner % 2 ? 5 : 12;
    const angle = (corner * Math.PI) / 5 - Math.PI / 2;
    context.lineTo(x + reach * Math.cos(angle), y + reach * Math.sin(angle));
  }
  context.closePath();
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = WHITE;
  context.stroke();
  context.lineWidth = 1.5;
  context.strokeStyle = DARK;
  context.fillStyle = STAR;
  context.fill();
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {Theme} theme
 * @param {string} font weight and size
 */
export function drawText(context, text, x, y, theme, font) {
  context.font = font + theme.font;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3.5;
  context.strokeStyle = css(theme.background);
  context.strokeText(text, x, y);
  context.fillStyle = css(theme.text);
  context.fillText(text, x, y);
}
