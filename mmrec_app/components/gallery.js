// A grid of pictures. Text comes from strangers: it only ever goes through textContent and
// attributes, never through HTML. The function runs again whenever the data changes, so it
// keeps the cards that stay, by key, and their loaded pictures with them.

const make = (tag, name, parent) => {
  const element = document.createElement(tag);
  element.className = name;
  parent?.append(element);
  return element;
};

const setText = (element, text) => {
  element.textContent = text ?? "";
  element.hidden = !text;
};

function createCard() {
  const item = make("div", "card");
  item.setAttribute("role", "listitem");
  const button = make("button", "pick", item);
  button.type = "button";
  const frame = make("span", "frame", button);
  const image = make("img", "picture", frame);
  image.decoding = "async";
  image.addEventListener("error", () => frame.classList.add("broken"));
  make("span", "badge", frame);
  make("span", "stack", frame);
  const body = make("span", "body", button);
  const figures = make("span", "figures", body);
  make("span", "swatch", figures);
  make("span", "value", figures);
  make("span", "note", figures);
  const bar = make("span", "bar", body);
  make("span", "fill", bar);
  make("span", "caption", body);
  make("span", "mark", body);
  const follow = make("button", "follow", item);
  follow.type = "button";
  const choose = make("button", "choose", item);
  choose.type = "button";
  choose.tabIndex = -1;
  choose.setAttribute("role", "checkbox");
  return item;
}

function fillCard(item, card, data) {
  const selected = data.selected ?? undefined;
  const followLabel = data.follow;
  const get = (name) => item.querySelector(`.${name}`);
  const button = get("pick");
  const image = get("picture");
  item.dataset.id = card.id;
  button.setAttribute("aria-label", card.title);
  button.title = card.tip ?? card.caption ?? "";
  if (selected !== undefined) button.setAttribute("aria-pressed", String(card.id === selected));
  image.alt = card.alt ?? "";
  const source = new URL(card.src, document.baseURI).href;
  if (image.src !== source) {
    get("frame").classList.remove("broken");
    image.src = source;
  }
  setText(get("badge"), card.badge);
  setText(get("stack"), card.stack);
  setText(get("value"), card.value);
  setText(get("note"), card.note);
  setText(get("caption"), card.caption);
  setText(get("mark"), card.mark);
  get("caption").classList.toggle("none", Boolean(card.uncaptioned));
  setText(get("swatch"), card.cluster?.glyph);
  get("swatch").style.color = card.cluster?.colour ?? "";
  get("bar").hidden = card.share === undefined || card.share === null;
  get("fill").style.width = `${Math.round((card.share ?? 0) * 100)}%`;
  get("figures").hidden = !(card.value || card.note || card.cluster);
  const follow = get("follow");
  follow.hidden = !followLabel;
  follow.setAttribute("aria-label", `${followLabel ?? ""}: ${card.alt ?? ""}`);
  follow.title = followLabel ?? "";
  follow.textContent = data.follow_sign;
  const choose = get("choose");
  choose.hidden = !data.choose;
  choose.setAttribute("aria-label", `${data.choose ?? ""}: ${card.alt ?? ""}`);
  choose.title = data.choose ?? "";
}

function showChosen(grid, chosen) {
  grid.classList.toggle("choosing", chosen.size > 0);
  for (const item of grid.children) {
    const on = chosen.has(item.dataset.id);
    item.classList.toggle("chosen", on);
    item.querySelector(".choose").setAttribute("aria-checked", String(on));
  }
}

function columnsOf(grid) {
  return getComputedStyle(grid).gridTemplateColumns.split(" ").length;
}

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component;
  let grid = parentElement.querySelector(".grid");
  if (!grid) {
    grid = make("div", "grid", parentElement);
    grid.setAttribute("role", "list");
  }
  grid.setAttribute("aria-label", data.label);
  grid.style.setProperty("--card", data.width);
  grid.style.setProperty("--most", data.columns);

  const buttons = () => [...grid.querySelectorAll(".pick")];
  const rove = (target) => {
    for (const button of buttons()) {
      button.tabIndex = button === target ? 0 : -1;
      button.nextSibling.tabIndex = button.tabIndex;
    }
  };

  const old = new Map([...grid.children].map((item) => [item.dataset.id, item]));
  const items = data.cards.map((card) => {
    const item = old.get(card.id) ?? createCard();
    fillCard(item, card, data);
    return item;
  });
  const focused = parentElement.activeElement?.closest?.(".card")?.dataset.id;
  grid.replaceChildren(...items);
  const chosen = data.selected ?? focused;
  rove(items.find((item) => item.dataset.id === chosen)?.querySelector(".pick") ?? buttons()[0]);
  if (focused !== undefined) {
    items.find((item) => item.dataset.id === focused)?.querySelector(".pick").focus();
  }

  const ticked = new Set(data.chosen ?? []);
  showChosen(grid, ticked);
  const toggle = (item, upTo) => {
    const all = [...grid.children];
    const last = all.findIndex((other) => other.dataset.id === grid.dataset.last);
    const at = all.indexOf(item);
    const on = !ticked.has(item.dataset.id);
    const range = upTo && last >= 0 ? all.slice(Math.min(last, at), Math.max(last, at) + 1) : [item];
    for (const other of range) {
      if (on) ticked.add(other.dataset.id);
      else ticked.delete(other.dataset.id);
    }
    grid.dataset.last = item.dataset.id;
    showChosen(grid, ticked);
    setStateValue("chosen", [...ticked]);
  };

  if (data.next?.length) {
    (window.requestIdleCallback ?? setTimeout)(() => {
      for (const source of data.next) new Image().src = new URL(source, document.baseURI).href;
    });
  }

  grid.onclick = (event) => {
    const item = event.target.closest(".card");
    if (!item) return;
    if (event.target.closest(".choose") || (data.choose && event.shiftKey)) {
      event.preventDefault();
      toggle(item, event.shiftKey);
      return;
    }
    if (event.target.closest(".follow")) {
      setTriggerValue("followed", item.dataset.id);
      return;
    }
    const button = item.querySelector(".pick");
    rove(button);
    for (const other of buttons()) {
      if (other.hasAttribute("aria-pressed")) {
        other.setAttribute("aria-pressed", String(other === button));
      }
    }
    item.classList.add("going");
    setTimeout(() => item.classList.remove("going"), 600);
    setTriggerValue("picked", item.dataset.id);
  };

  grid.onkeydown = (event) => {
    const all = buttons();
    const at = all.indexOf(event.target);
    if (at < 0) return;
    if (data.choose && event.key === "x") {
      toggle(event.target.closest(".card"), false);
      return;
    }
    const step = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: columnsOf(grid),
      ArrowUp: -columnsOf(grid),
      Home: -at,
      End: all.length - 1 - at,
    }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    rove(next);
    next.focus();
  };
}
