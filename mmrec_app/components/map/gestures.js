// Pointer, wheel and keys on the map, as actions in CSS pixels of the canvas.

/** @import { Corner } from "./geometry.js" */

/**
 * What gestures do.
 *
 * @typedef {object} MapActions
 * @property {"pan" | "lasso" | "box"} mode what dragging means
 * @property {(x: number, y: number) => void} hover
 * @property {() => void} leave
 * @property {(x: number, y: number, touched: boolean) => void} click
 * @property {(dx: number, dy: number) => void} pan
 * @property {(dx: number, dy: number) => void} step pan by a key
 * @property {(x: number, y: number, factor: number) => void} zoom
 * @property {() => void} zoomIn
 * @property {() => void} zoomOut
 * @property {() => void} fit
 * @property {(path: Corner[] | null) => void} sketch
 * @property {(path: Corner[]) => void} select
 * @property {() => void} clear
 * @property {() => void} pickMiddle
 */

/**
 * @typedef {object} Drag
 * @property {"pan" | "lasso" | "box"} kind
 * @property {Corner} from
 * @property {Corner[]} path
 * @property {boolean} moved farther than a click may
 */

const CLICK = 4; // pixels that a pointer may move and still click
const STEP = 70; // pixels that an arrow key moves
const WHEEL = 0.0016;
const LINE = 16; // pixels, where a wheel counts lines
const MIN_PINCH = 10; // pixels between two fingers
const CONTROLS = "button, input, a";

/**
 * @param {HTMLElement} stage
 * @param {MapActions} map
 */
export function listenToGestures(stage, map) {
  listenToPointers(stage, map);
  stage.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
      map.zoom(...placeOf(event, stage), Math.exp(-event.deltaY * lines * WHEEL));
    },
    { passive: false },
  );
  stage.addEventListener("dblclick", (event) => {
    if (!isOnControl(event)) map.zoom(...placeOf(event, stage), 2);
  });
  stage.addEventListener("keydown", (event) => {
    if (event.target !== stage || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!actOnKey(event.key, map)) return;
    event.preventDefault();
    event.stopPropagation();
  });
}

/**
 * @param {HTMLElement} stage
 * @param {MapActions} map
 */
function listenToPointers(stage, map) {
  /** @type {Map<number, Corner>} */
  const pointers = new Map();
  /** @type {Drag | "pinch" | null} */
  let gesture = null;

  stage.addEventListener("pointerdown", (event) => {
    if (isOnControl(event) || event.button > 0) return;
    stage.setPointerCapture(event.pointerId);
    const place = placeOf(event, stage);
    pointers.set(event.pointerId, place);
    map.leave();
    if (pointers.size === 2) {
      map.sketch(null);
      gesture = "pinch";
      return;
    }
    const kind = map.mode === "pan" && event.shiftKey ? "lasso" : map.mode;
    gesture = { kind, from: place, path: [place], moved: false };
  });

  stage.addEventListener("pointermove", (event) => {
    const place = placeOf(event, stage);
    const before = pointers.get(event.pointerId);
    if (!before || !gesture) {
      if (event.pointerType !== "touch") map.hover(...place);
      return;
    }
    pointers.set(event.pointerId, place);
    if (gesture === "pinch") {
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      if (other) pinch(map, before, place, other);
    } else {
      drag(map, gesture, before, place);
    }
  });

  const end = (/** @type {PointerEvent} */ event) => {
    if (!pointers.delete(event.pointerId) || !gesture) return;
    if (gesture === "pinch") {
      if (!pointers.size) gesture = null;
      return;
    }
    const { kind, from, path, moved } = gesture;
    gesture = null;
    if (event.type === "pointercancel") map.sketch(null);
    else if (!moved) map.click(...from, event.pointerType === "touch");
    else if (kind === "box") map.select(box(from, placeOf(event, stage)));
    else if (kind === "lasso") map.select(path);
  };
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", end);
  stage.addEventListener("pointerleave", () => map.leave());
}

/**
 * @param {MouseEvent} event
 * @param {HTMLElement} stage
 * @returns {Corner}
 */
function placeOf(event, stage) {
  const { left, top } = stage.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}

/** @param {Event} event */
function isOnControl(event) {
  return event.target instanceof Element && event.target.closest(CONTROLS) !== null;
}

/**
 * @param {MapActions} map
 * @param {Drag} gesture
 * @param {Corner} before
 * @param {Corner} place
 */
function drag(map, gesture, before, place) {
  const [dx, dy] = [place[0] - gesture.from[0], place[1] - gesture.from[1]];
  gesture.moved ||= Math.hypot(dx, dy) > CLICK;
  if (!gesture.moved) return;
  if (gesture.kind === "pan") {
    map.pan(place[0] - before[0], place[1] - before[1]);
  } else if (gesture.kind === "box") {
    map.sketch(box(gesture.from, place));
  } else {
    gesture.path.push(place);
    map.sketch(gesture.path);
  }
}

/**
 * @param {MapActions} map
 * @param {Corner} before
 * @param {Corner} place
 * @param {Corner} other the finger that did not move
 */
function pinch(map, before, place, other) {
  /** @type {(one: Corner) => number} */
  const distance = ([x, y]) => Math.max(Math.hypot(x - other[0], y - other[1]), MIN_PINCH);
  /** @type {(one: Corner) => Corner} */
  const middle = ([x, y]) => [(x + other[0]) / 2, (y + other[1]) / 2];
  const [from, to] = [middle(before), middle(place)];
  map.pan(to[0] - from[0], to[1] - from[1]);
  map.zoom(...to, distance(place) / distance(before));
}

/**
 * @param {Corner} from
 * @param {Corner} to
 * @returns {Corner[]}
 */
export function box([fromX, fromY], [toX, toY]) {
  return [
    [fromX, fromY],
    [toX, fromY],
    [toX, toY],
    [fromX, toY],
  ];
}

/**
 * Return whether the key means anything.
 *
 * @param {string} key
 * @param {MapActions} map
 */
export function actOnKey(key, map) {
  /** @type {Record<string, () => void>} */
  const actions = {
    ArrowLeft: () => map.step(STEP, 0),
    ArrowRight: () => map.step(-STEP, 0),
    ArrowUp: () => map.step(0, STEP),
    ArrowDown: () => map.step(0, -STEP),
    "+": () => map.zoomIn(),
    "=": () => map.zoomIn(),
    "-": () => map.zoomOut(),
    0: () => map.fit(),
    Escape: () => map.clear(),
    Enter: () => map.pickMiddle(),
  };
  const action = actions[key];
  action?.();
  return action !== undefined;
}
