// Near enough, the images themselves lie on the map: as many as there is room for, each on its
// point. They are chosen when the map comes to rest, so that nothing flickers while it moves.

import { resolved } from "./elements.js";

export const SIDE = 46; // pixels
const FEW = 260; // images in view, above which there are points alone
const MOST = 70;
const REST = 140; // milliseconds without a move

export class Pictures {
  constructor(onLoad) {
    this.onLoad = onLoad;
    this.loaded = new Map();
    this.rows = [];
  }

  // Choose anew once the map rests; `candidates` gives the images in view, those that matter first,
  // or null for too many.
  schedule(candidates, view, at, address) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.rows = this.chosen(candidates(FEW), view, at);
      for (const row of this.rows) this.load(row, address);
      this.onLoad();
    }, REST);
  }

  chosen(rows, view, at) {
    const kept = [];
    const boxes = [];
    for (const row of rows ?? []) {
      const place = at(row);
      const [x, y] = [view.screenX(place.x), view.screenY(place.y)];
      const away = ([left, top]) => Math.max(Math.abs(left - x), Math.abs(top - y)) > SIDE + 4;
      if (!boxes.every(away)) continue;
      boxes.push([x, y]);
      kept.push(row);
      if (kept.length >= MOST) break;
    }
    return kept;
  }

  load(row, address) {
    if (this.loaded.has(row)) return;
    const image = new Image();
    image.onload = () => this.onLoad();
    image.src = resolved(address.replace("{row}", row));
    this.loaded.set(row, image);
    if (this.loaded.size > 2000) this.loaded.delete(this.loaded.keys().next().value);
  }

  forget() {
    clearTimeout(this.timer);
    this.rows = [];
    this.loaded.clear();
  }

  get drawn() {
    return this.rows.filter((row) => this.loaded.get(row)?.naturalWidth);
  }

  // The row of the picture at a place on the canvas, -1 if there is none.
  at(x, y, view, map) {
    const hit = this.drawn.find((row) => {
      const place = map.at(row);
      const away = [view.screenX(place.x) - x, view.screenY(place.y) - y];
      return Math.max(...away.map(Math.abs)) <= SIDE / 2;
    });
    return hit ?? -1;
  }

  draw(context, view, at, styleOf) {
    for (const row of this.drawn) {
      const image = this.loaded.get(row);
      const place = at(row);
      const [x, y] = [view.screenX(place.x), view.screenY(place.y)];
      const { colour, faded } = styleOf(row);
      context.globalAlpha = faded ? 0.35 : 1;
      context.beginPath();
      context.roundRect(x - SIDE / 2, y - SIDE / 2, SIDE, SIDE, 6);
      context.fillStyle = "#FFFFFF";
      context.fill();
      context.lineWidth = 2;
      context.strokeStyle = colour;
      context.stroke();
      const room = SIDE - 8;
      const scale = Math.min(room / image.naturalWidth, room / image.naturalHeight);
      const [width, height] = [image.naturalWidth * scale, image.naturalHeight * scale];
      context.drawImage(image, x - width / 2, y - height / 2, width, height);
    }
    context.globalAlpha = 1;
  }
}
