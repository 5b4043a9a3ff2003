// Near enough, the images themselves lie on the map: as many as there is room for, each on its
// point. They are chosen when the map comes to rest, so that nothing flickers while it moves.

/** @import { Corner, Place } from "./geometry.js" */
/** @import { Points } from "./points.js" */
/** @import { View } from "./view.js" */

import { absolute } from "../shared/pictures.js";

export const SIDE = 46; // pixels
const GAP = 4;
const MAX_IN_VIEW = 260; // images, above which there are points alone
const MAX_PICTURES = 70;
const MAX_LOADED = 2000;
const REST = 140; // milliseconds without a move

/**
 * A picture on the screen.
 *
 * @typedef {{ point: number, row: number, x: number, y: number, image: HTMLImageElement }} Picture
 */

export class Pictures {
  /** @type {Map<number, HTMLImageElement>} */
  loaded = new Map();
  /** @type {number[]} */
  chosen = [];
  timer = 0;

  /** @param {() => void} onLoad */
  constructor(onLoad) {
    this.onLoad = onLoad;
  }

  /**
   * Choose anew once the map rests.
   *
   * @param {(limit: number) => number[] | null} candidates points in view, those that matter
   *   first; null for more than the limit
   * @param {View} view
   * @param {Points} points
   * @param {string} address with {row} in it
   */
  schedule(candidates, view, points, address) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.chosen = withRoom(candidates(MAX_IN_VIEW) ?? [], view, (point) => points.at(point));
      for (const point of this.chosen) this.load(points.rowOf(point), address);
      this.onLoad();
    }, REST);
  }

  /**
   * @param {number} row
   * @param {string} address with {row} in it
   */
  load(row, address) {
    if (this.loaded.has(row)) return;
    const image = new Image();
    image.onload = () => this.onLoad();
    image.src = absolute(address.replace("{row}", String(row)));
    this.loaded.set(row, image);
    const [oldest] = this.loaded.keys();
    if (this.loaded.size > MAX_LOADED) this.loaded.delete(oldest);
  }

  clear() {
    clearTimeout(this.timer);
    this.chosen = [];
    this.loaded.clear();
  }

  /**
   * Return the pictures that are there, and where.
   *
   * @param {View} view
   * @param {Points} points
   * @returns {Picture[]}
   */
  onScreen(view, points) {
    return this.chosen.flatMap((point) => {
      const row = points.rowOf(point);
      const image = this.loaded.get(row);
      if (!image?.naturalWidth) return [];
      const { x, y } = points.at(point);
      return [{ point, row, image, x: view.screenX(x), y: view.screenY(y) }];
    });
  }
}

/**
 * Return the points whose pictures have room, earlier ones first.
 *
 * @param {number[]} points
 * @param {View} view
 * @param {(point: number) => Place} placeOf
 */
export function withRoom(points, view, placeOf) {
  const kept = [];
  /** @type {Corner[]} */
  const middles = [];
  for (const point of points) {
    if (kept.length >= MAX_PICTURES) break;
    const place = placeOf(point);
    const [x, y] = [view.screenX(place.x), view.screenY(place.y)];
    const touches = middles.some(
      ([otherX, otherY]) => Math.max(Math.abs(otherX - x), Math.abs(otherY - y)) <= SIDE + GAP,
    );
    if (touches) continue;
    middles.push([x, y]);
    kept.push(point);
  }
  return kept;
}

/**
 * Return the point of the picture at a place on the canvas, -1 if there is none.
 *
 * @param {Picture[]} pictures
 * @param {number} x
 * @param {number} y
 */
export function pictureAt(pictures, x, y) {
  const hit = pictures.find((picture) => {
    return Math.max(Math.abs(picture.x - x), Math.abs(picture.y - y)) <= SIDE / 2;
  });
  return hit?.point ?? -1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {string} colour of the frame
 * @param {boolean} faded outside the selection
 */
export function drawPicture(context, { image, x, y }, colour, faded) {
  context.globalAlpha = faded ? 0.35 : 1;
  context.beginPath();
  context.roundRect(x - SIDE / 2, y - SIDE / 2, SIDE, SIDE, 6);
  context.fillStyle = "#FFFFFF";
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = colour;
  context.stroke();
  const scale = (SIDE - 8) / Math.max(image.naturalWidth, image.naturalHeight);
  const [width, height] = [image.naturalWidth * scale, image.naturalHeight * scale];
  context.drawImage(image, x - width / 2, y - height / 2, width, height);
  context.globalAlpha = 1;
}
