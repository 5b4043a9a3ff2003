// What lies over the points: names of clusters, the query's star, rings, the lasso.

import { css } from "./paint.js";
import { SIDE } from "./pictures.js";

const MOST_NAMES = 60;
const LIFT = 9; // pixels that a name stands above its place
const STAR = "#F0E442";
const DARK = "#1D1E24";

export class Overlay {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.widths = new Map();
  }

  resize(width, height, ratio) {
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.ratio = ratio;
  }

  draw(scene) {
    const { view, theme, pictured, rings, stars, chosen, hovered, lasso, sketch, radius } = scene;
    const context = this.context;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, view.width, view.height);
    const polygon = lasso?.map(([x, y]) => [view.screenX(x), view.screenY(y)]);
    if (polygon) this.polygon(polygon, theme.accent, false);
    scene.drawPictures(context);
    const at = ({ x, y }) => [view.screenX(x), view.screenY(y)];
    this.names(view, theme, scene.places, [...pictured.values()].map(at));
    const corner = SIDE / 2 - 3;
    for (const ring of rings) {
      const [x, y] = at(ring);
      if (pictured.has(ring.row)) this.badge(x - corner, y - corner, ring.text);
      else this.ring(x, y, Math.max(radius + 4, 7), theme, ring.text);
    }
    if (chosen && !pictured.has(chosen.row)) {
      this.ring(...at(chosen), Math.max(radius + 5, 9), theme, "");
    }
    for (const star of stars) {
      const [x, y] = at(star);
      if (pictured.has(star.row)) this.star(x + corner, y - corner);
      else this.star(x, y);
    }
    if (hovered) this.halo(...at(hovered), Math.max(radius + 2, 5), theme);
    if (sketch) this.polygon(sketch, theme.accent, true);
  }

  polygon(path, colour, drawing) {
    const context = this.context;
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

  ring(x, y, radius, theme, text) {
    const context = this.context;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.lineWidth = 4;
    context.strokeStyle = css(theme.background);
    context.stroke();
    context.lineWidth = 2;
    context.strokeStyle = css(theme.text);
    context.stroke();
    if (text) this.text(text, x, y - radius - 7, theme, "700 11px ");
  }

  // The rank of a result at the corner of its picture.
  badge(x, y, text) {
    const context = this.context;
    context.beginPath();
    context.arc(x, y, 9, 0, 2 * Math.PI);
    context.fillStyle = DARK;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = "#FFFFFF";
    context.stroke();
    context.font = "700 11px sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = "#FFFFFF";
    context.fillText(text, x, y + 0.5);
  }

  halo(x, y, radius, theme) {
    const context = this.context;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.lineWidth = 2;
    context.strokeStyle = theme.accent;
    context.stroke();
  }

  star(x, y) {
    const context = this.context;
    context.beginPath();
    for (let corner = 0; corner < 10; corner++) {
      const reach = corner % 2 ? 5 : 12;
      const angle = (corner * Math.PI) / 5 - Math.PI / 2;
      context.lineTo(x + reach * Math.cos(angle), y + reach * Math.sin(angle));
    }
    context.closePath();
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = "#FFFFFF";
    context.stroke();
    context.lineWidth = 1.5;
    context.strokeStyle = DARK;
    context.fillStyle = STAR;
    context.fill();
    context.stroke();
  }

  text(text, x, y, theme, font) {
    const context = this.context;
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

  // The largest first; a name that would touch another, or a picture, is left for a nearer view.
  names(view, theme, places, pictures) {
    const reach = SIDE / 2;
    const taken = pictures.map(([x, y]) => [x - reach, y - reach, x + reach, y + reach]);
    const most = taken.length + MOST_NAMES;
    for (const place of places) {
      const middle = view.screenX(place.x);
      const y = view.screenY(place.y) - LIFT;
      if (middle < 0 || y < 8 || middle > view.width || y > view.height - 8) continue;
      const half = this.width(place.name, theme) / 2 + 8;
      const x = Math.max(Math.min(middle, view.width - half), half);
      const free = [y, y - SIDE / 2 - 4, y + SIDE / 2 + LIFT].find(
        (at) => !taken.some((other) => touch([x - half, at - 11, x + half, at + 11], other)),
      );
      if (free === undefined || (free !== y && !pictures.length)) continue;
      taken.push([x - half, free - 11, x + half, free + 11]);
      this.text(place.name, x, free, theme, "600 12px ");
      if (taken.length >= most) break;
    }
  }

  width(text, theme) {
    if (!this.widths.has(text)) {
      this.context.font = `600 12px ${theme.font}`;
      this.widths.set(text, this.context.measureText(text).width);
    }
    return this.widths.get(text);
  }
}

function touch(one, other) {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}
