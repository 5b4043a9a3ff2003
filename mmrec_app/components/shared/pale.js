// Light ink on a transparent picture can't be seen on white: such pictures get a checkerboard.

const SIDE = 24; // pixels that a picture is looked at in
const SEEN = 40; // least difference to white, of 255
const DRAWN = 25; // least opacity, of 255
const FEW = 0.15; // share of what is drawn
const CHECKERBOARD =
  "repeating-conic-gradient(#a9adba 0 25%, #c4c8d3 0 50%) 50% 50% / 1rem 1rem content-box, #fff";

/**
 * Return whether a picture is transparent, and hardly anything on it stands out from white.
 *
 * @param {Uint8ClampedArray} pixels four values each: red, green, blue, opacity
 */
export function isPale(pixels) {
  let [drawn, seen, transparent] = [0, 0, 0];
  for (let at = 0; at < pixels.length; at += 4) {
    const opacity = pixels[at + 3];
    if (opacity < 250) transparent += 1;
    if (opacity < DRAWN) continue;
    drawn += 1;
    const light = 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
    if (((255 - light) * opacity) / 255 >= SEEN) seen += 1;
  }
  return drawn > 0 && transparent > 0.05 * (pixels.length / 4) && seen < FEW * drawn;
}

/** @param {HTMLImageElement} image that is loaded */
export function showInk(image) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.drawImage(image, 0, 0, SIDE, SIDE);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  image.style.background = isPale(data) ? CHECKERBOARD : "";
}
