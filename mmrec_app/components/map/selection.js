// Which points lie in a polygon. mmrec_app/map/selection.py has the same rule in the same
// arithmetic, so that the map and the gallery beside it agree on every image.

// `polygon` is a list of [x, y] in grid units; even–odd rule.
export function inside(polygon, points, count) {
  const found = new Uint8Array(count);
  const [left, low, right, high] = bounds(polygon);
  for (let i = 0; i < count; i++) {
    const x = points[2 * i];
    const y = points[2 * i + 1];
    if (x < left || x > right || y < low || y > high) continue;
    let odd = 0;
    let [fromX, fromY] = polygon[polygon.length - 1];
    for (const [toX, toY] of polygon) {
      if (fromY > y !== toY > y && x < ((toX - fromX) * (y - fromY)) / (toY - fromY) + fromX) {
        odd ^= 1;
      }
      fromX = toX;
      fromY = toY;
    }
    found[i] = odd;
  }
  return found;
}

export function bounds(polygon) {
  const xs = polygon.map((point) => point[0]);
  const ys = polygon.map((point) => point[1]);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

// Leave out corners nearer than `tolerance` to the line between their neighbours (Douglas and
// Peucker 1973), with a tolerance that grows until at most `most` corners are left.
export function simplified(path, tolerance, most) {
  let kept = path;
  for (let limit = tolerance; kept === path || kept.length > most; limit *= 1.5) {
    kept = thinned(path, limit);
    if (path.length <= 3) break;
  }
  return kept;
}

function thinned(path, tolerance) {
  if (path.length < 3) return path;
  const keep = new Uint8Array(path.length);
  keep[0] = keep[path.length - 1] = 1;
  const parts = [[0, path.length - 1]];
  while (parts.length) {
    const [first, last] = parts.pop();
    let farthest = 0;
    let at = -1;
    for (let i = first + 1; i < last; i++) {
      const distance = distanceToLine(path[i], path[first], path[last]);
      if (distance > farthest) [farthest, at] = [distance, i];
    }
    if (farthest <= tolerance) continue;
    keep[at] = 1;
    parts.push([first, at], [at, last]);
  }
  return path.filter((_, at) => keep[at]);
}

function distanceToLine([x, y], [fromX, fromY], [toX, toY]) {
  const [dx, dy] = [toX - fromX, toY - fromY];
  const length = Math.hypot(dx, dy);
  if (!length) return Math.hypot(x - fromX, y - fromY);
  return Math.abs(dx * (fromY - y) - dy * (fromX - x)) / length;
}
