// Draws points straight into the pixels of a 2D canvas: no GPU is needed, and 125,000 points take
// a few milliseconds.

// Shapes as in mmrec_core/plots/palette.py, in a square of side 2 around the origin.
const OUTLINES = [
  null, // a circle
  [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
  [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
  [[0, -1.15], [1.1, 0.8], [-1.1, 0.8]],
  [[-0.4, -1.1], [0.4, -1.1], [0.4, -0.4], [1.1, -0.4], [1.1, 0.4], [0.4, 0.4],
   [0.4, 1.1], [-0.4, 1.1], [-0.4, 0.4], [-1.1, 0.4], [-1.1, -0.4], [-0.4, -0.4]],
  [[1.1, 0], [0.55, 0.95], [-0.55, 0.95], [-1.1, 0], [-0.55, -0.95], [0.55, -0.95]],
]; // prettier-ignore
const SHAPED_FROM = 3; // device pixels of radius below which every point is round
const VEIL = 150; // opacity, of 255, of the smallest points: where many lie, it is darker

export class Raster {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    this.stamps = new Map();
  }

  resize(width, height) {
    if (this.image && this.canvas.width === width && this.canvas.height === height) return;
    this.canvas.width = width;
    this.canvas.height = height;
    this.image = this.context.createImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.stamps.clear();
  }

  // `ratio` is device pixels per CSS pixel; `radius` and that of grey points, `least`, are in CSS
  // pixels; `background` is a pixel.
  draw({ points, styles, order, looks, view, ratio, radius, least, background }) {
    const { pixels, image } = this;
    const { width, height } = image;
    pixels.fill(background);
    const scale = view.scale * ratio;
    const left = (view.width / 2) * ratio - view.x * scale;
    const top = (view.height / 2) * ratio + view.y * scale;
    const stamps = this.stampsOf(radius * ratio);
    const grey = this.stampsOf(least * ratio)[0];
    const reach = Math.max(stamps[0].reach, grey.reach);
    const [right, bottom] = [width - reach - 1, height - reach - 1];
    for (let k = 0; k < order.length; k++) {
      const i = order[k];
      const x = points[2 * i] * scale + left;
      const y = top - points[2 * i + 1] * scale;
      if (!(x >= reach && x < right && y >= reach && y < bottom)) continue;
      const style = styles[i];
      const mark = style ? stamps[looks.shapes[style]] : grey;
      stamp(pixels, (y | 0) * width + (x | 0), looks.pixels[style], mark);
    }
    this.context.putImageData(image, 0, 0);
  }

  stampsOf(radius) {
    const rounded = Math.max(Math.round(radius * 4) / 4, 0.75);
    if (!this.stamps.has(rounded)) {
      const outlines = rounded < SHAPED_FROM ? OUTLINES.map(() => null) : OUTLINES;
      const width = this.image.width;
      this.stamps.set(
        rounded,
        outlines.map((outline) => makeStamp(outline, rounded, width)),
      );
    }
    return this.stamps.get(rounded);
  }
}

function stamp(pixels, at, colour, { solid, edge, alpha }) {
  for (let j = 0; j < solid.length; j++) pixels[at + solid[j]] = colour;
  if (!edge.length) return;
  const red = colour & 255;
  const green = (colour >> 8) & 255;
  const blue = (colour >> 16) & 255;
  for (let j = 0; j < edge.length; j++) {
    const place = at + edge[j];
    const below = pixels[place];
    const a = alpha[j];
    const r = (below & 255) + (((red - (below & 255)) * a) >> 8);
    const g = ((below >> 8) & 255) + (((green - ((below >> 8) & 255)) * a) >> 8);
    const b = ((below >> 16) & 255) + (((blue - ((below >> 16) & 255)) * a) >> 8);
    pixels[place] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
}

// A stamp: offsets of the pixels that a point covers wholly, and of those that it covers in part.
function makeStamp(outline, radius, width) {
  if (radius < 1.5) return block(Math.round(radius * 2), width);
  const reach = Math.ceil(radius * 1.25) + 1;
  const side = 2 * reach + 1;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.translate(reach + 0.5, reach + 0.5);
  context.beginPath();
  if (outline) for (const [x, y] of outline) context.lineTo(x * radius, y * radius);
  else context.arc(0, 0, radius, 0, 2 * Math.PI);
  context.fill();
  const { data } = context.getImageData(0, 0, side, side);
  const [solid, edge, alpha] = [[], [], []];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const covered = data[4 * (y * side + x) + 3];
      const offset = (y - reach) * width + x - reach;
      if (covered > 250) solid.push(offset);
      else if (covered > 8) {
        edge.push(offset);
        alpha.push(covered);
      }
    }
  }
  return { reach, solid: Int32Array.from(solid), edge: Int32Array.from(edge), alpha };
}

function block(side, width) {
  const edge = [];
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) edge.push(y * width + x);
  return { reach: side, solid: [], edge: Int32Array.from(edge), alpha: edge.map(() => VEIL) };
}
