// Pointer, wheel and keys on the map, told to `map` in CSS pixels of the canvas.

const CLICK = 4; // pixels that a pointer may move and still click
const STEP = 70; // pixels that an arrow key moves
const WHEEL = 0.0016;

export function listen(stage, map) {
  const pointers = new Map();
  let gesture = null;

  const place = (event) => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  stage.addEventListener("pointerdown", (event) => {
    if (event.target.closest("button, input, a") || event.button > 0) return;
    stage.setPointerCapture(event.pointerId);
    const at = place(event);
    pointers.set(event.pointerId, at);
    map.leave();
    if (pointers.size === 2) {
      if (gesture?.path) map.sketch(null);
      gesture = { kind: "pinch" };
      return;
    }
    const kind = map.mode === "pan" && event.shiftKey ? "lasso" : map.mode;
    gesture = { kind, from: at, path: [at], moved: false };
  });

  stage.addEventListener("pointermove", (event) => {
    const at = place(event);
    const before = pointers.get(event.pointerId);
    if (!before || !gesture) {
      if (event.pointerType !== "touch") map.hover(...at);
      return;
    }
    pointers.set(event.pointerId, at);
    if (gesture.kind === "pinch") {
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      if (other) pinch(map, before, at, other);
      return;
    }
    gesture.moved ||= Math.hypot(at[0] - gesture.from[0], at[1] - gesture.from[1]) > CLICK;
    if (!gesture.moved) return;
    if (gesture.kind === "pan") map.pan(at[0] - before[0], at[1] - before[1]);
    else if (gesture.kind === "box") map.sketch(box(gesture.from, at));
    else {
      gesture.path.push(at);
      map.sketch(gesture.path);
    }
  });

  const end = (event) => {
    if (!pointers.delete(event.pointerId) || !gesture) return;
    const { kind, from, path, moved } = gesture;
    if (kind === "pinch") {
      if (!pointers.size) gesture = null;
      return;
    }
    gesture = null;
    if (event.type === "pointercancel") map.sketch(null);
    else if (!moved) map.click(...from, event.pointerType === "touch");
    else if (kind === "box") map.select(box(from, place(event)));
    else if (kind === "lasso") map.select(path);
  };
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", end);
  stage.addEventListener("pointerleave", () => map.leave());

  stage.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      map.zoom(...place(event), Math.exp(-event.deltaY * lines * WHEEL));
    },
    { passive: false },
  );

  stage.addEventListener("dblclick", (event) => {
    if (!event.target.closest("button, input, a")) map.zoom(...place(event), 2);
  });

  stage.addEventListener("keydown", (event) => {
    if (event.target !== stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = {
      ArrowLeft: [STEP, 0],
      ArrowRight: [-STEP, 0],
      ArrowUp: [0, STEP],
      ArrowDown: [0, -STEP],
    };
    const acts = {
      "+": () => map.zoomIn(),
      "=": () => map.zoomIn(),
      "-": () => map.zoomOut(),
      0: () => map.fit(),
      Escape: () => map.clear(),
      Enter: () => map.pickMiddle(),
    };
    if (moves[event.key]) map.step(...moves[event.key]);
    else if (acts[event.key]) acts[event.key]();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

function pinch(map, before, at, other) {
  const distance = (one) => Math.max(Math.hypot(one[0] - other[0], one[1] - other[1]), 10);
  const middle = (one) => [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];
  const [from, to] = [middle(before), middle(at)];
  map.pan(to[0] - from[0], to[1] - from[1]);
  map.zoom(...to, distance(at) / distance(before));
}

function box([fromX, fromY], [toX, toY]) {
  return [[fromX, fromY], [toX, fromY], [toX, toY], [fromX, toY]]; // prettier-ignore
}
