// Ranked lists of pictures, one a ranker, side by side. Text comes from strangers: it only ever
// goes through textContent and attributes. Cards that stay keep their loaded pictures.

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
  const item = make("li", "card");
  const button = make("button", "pick", item);
  button.type = "button";
  const frame = make("span", "frame", button);
  const image = make("img", "picture", frame);
  image.loading = "lazy";
  image.decoding = "async";
  image.addEventListener("load", () => frame.classList.add("loaded"));
  image.addEventListener("error", () => frame.classList.add("broken"));
  make("span", "badge", frame);
  make("span", "stack", frame);
  const body = make("span", "body", button);
  const figures = make("span", "figures", body);
  make("span", "swatch", figures);
  make("span", "value", figures);
  make("span", "known", figures);
  make("span", "only", figures);
  make("span", "note", figures);
  const bar = make("span", "bar", body);
  make("span", "fill", bar);
  make("span", "mark", bar);
  make("span", "caption", body);
  make("span", "elsewhere", body);
  const follow = make("button", "follow", item);
  follow.type = "button";
  follow.textContent = "↗";
  return item;
}

function fillCard(item, card, data, key) {
  const get = (name) => item.querySelector(`.${name}`);
  const image = get("picture");
  item.dataset.id = card.id;
  item.dataset.list = key;
  item.classList.toggle("below", Boolean(card.below));
  get("pick").setAttribute("aria-label", card.spoken);
  get("pick").title = card.tip;
  image.alt = card.alt;
  const source = new URL(card.src, document.baseURI).href;
  if (image.src !== source) {
    get("frame").classList.remove("loaded", "broken");
    image.src = source;
  }
  setText(get("badge"), card.rank);
  setText(get("stack"), card.stack);
  setText(get("value"), card.value);
  setText(get("note"), card.note);
  setText(get("known"), card.known?.sign);
  get("known").className = `known ${card.known?.kind ?? ""}`;
  get("known").title = card.known?.text ?? "";
  setText(get("only"), card.only);
  setText(get("caption"), card.caption);
  get("caption").classList.toggle("none", Boolean(card.uncaptioned));
  setText(get("swatch"), card.cluster?.glyph);
  get("swatch").style.color = card.cluster?.colour ?? "";
  get("fill").style.width = `${Math.round((card.share ?? 0) * 100)}%`;
  get("mark").hidden = card.threshold === null;
  get("mark").style.left = `${Math.round((card.threshold ?? 0) * 100)}%`;
  const elsewhere = get("elsewhere");
  elsewhere.replaceChildren();
  elsewhere.hidden = !card.elsewhere.length;
  for (const other of card.elsewhere) {
    const chip = make("span", other.near ? "chip near" : "chip", elsewhere);
    chip.textContent = `${other.name} ${other.rank}`;
    chip.title = other.tip;
  }
  const follow = get("follow");
  follow.setAttribute("aria-label", `${data.words.follow}: ${card.alt}`);
  follow.title = data.words.follow;
}

function createList(root, column) {
  const section = make("section", "column", root);
  section.dataset.key = column.key;
  const head = make("header", "head", section);
  make("span", "name", head);
  make("span", "about", head);
  make("ol", "list", section);
  return section;
}

function fillList(section, column, data) {
  section.querySelector(".name").textContent = column.title;
  section.querySelector(".head").title = column.meaning;
  setText(section.querySelector(".about"), column.note);
  const list = section.querySelector(".list");
  list.setAttribute("role", "list");
  list.setAttribute("aria-label", column.label);
  const old = new Map([...list.querySelectorAll(".card")].map((card) => [card.dataset.id, card]));
  const items = column.cards.map((card) => {
    const item = old.get(card.id) ?? createCard();
    fillCard(item, card, data, column.key);
    return item;
  });
  if (column.end && column.end.after <= items.length) {
    const line = make("li", "end");
    line.textContent = column.end.text;
    line.title = column.end.tip;
    items.splice(column.end.after, 0, line);
  }
  list.replaceChildren(...items);
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let root = parentElement.querySelector(".lists");
  if (!root) {
    const outer = make("div", "outer", parentElement);
    const tabs = make("div", "tabs", outer);
    tabs.setAttribute("role", "group");
    root = make("div", "lists", outer);
  }
  const tabs = parentElement.querySelector(".tabs");
  const focus = parentElement.activeElement ?? parentElement.getRootNode().activeElement;
  const focused = focus?.closest?.(".card");
  const was = focused && { list: focused.dataset.list, id: focused.dataset.id };
  root.classList.toggle("single", data.columns.length === 1);
  root.style.setProperty("--columns", data.columns.length);

  const keys = data.columns.map((column) => column.key);
  for (const section of [...root.children]) {
    if (!keys.includes(section.dataset.key)) section.remove();
  }
  for (const column of data.columns) {
    const there = [...root.children].find((section) => section.dataset.key === column.key);
    const section = there ?? createList(root, column);
    root.append(section);
    fillList(section, column, data);
  }
  if (!keys.includes(root.dataset.active)) root.dataset.active = data.selected?.list ?? keys[0];

  const cards = () => [...root.querySelectorAll(".card")];
  const cardsOf = (key) => cards().filter((card) => card.dataset.list === key);
  const find = (key, id) => cardsOf(key).find((card) => card.dataset.id === id);

  const activate = (key) => {
    root.dataset.active = key;
    for (const section of root.children) {
      section.classList.toggle("active", section.dataset.key === key);
    }
    for (const tab of tabs.children) {
      tab.setAttribute("aria-pressed", String(tab.dataset.key === key));
    }
  };
  tabs.hidden = keys.length < 2;
  tabs.setAttribute("aria-label", data.words.lists);
  tabs.replaceChildren(
    ...data.columns.map((column) => {
      const tab = make("button", "tab");
      tab.type = "button";
      tab.dataset.key = column.key;
      tab.textContent = column.title;
      tab.onclick = () => activate(column.key);
      return tab;
    }),
  );
  activate(root.dataset.active);

  const mark = (selected, against) => {
    for (const card of cards()) {
      const here = card.dataset.list === selected?.list;
      const same = card.dataset.id === selected?.id;
      const other = here && card.dataset.id === against;
      card.querySelector(".pick").setAttribute("aria-pressed", String(here && same));
      card.classList.toggle("same", same && !here);
      card.classList.toggle("against", Boolean(other));
    }
  };
  let selected = data.selected;
  mark(selected, data.against);

  const rove = (target) => {
    for (const card of cardsOf(target.dataset.list)) {
      const index = card === target ? 0 : -1;
      for (const button of card.querySelectorAll("button")) button.tabIndex = index;
    }
  };
  for (const key of keys) {
    const chosen = data.selected?.list === key ? find(key, data.selected.id) : undefined;
    const first = chosen ?? cardsOf(key)[0];
    if (first) rove(first);
  }
  const again = was && find(was.list, was.id);
  if (again) {
    rove(again);
    again.querySelector(".pick").focus({ preventScroll: true });
  }

  const pick = (card, compare) => {
    const value = { list: card.dataset.list, id: card.dataset.id };
    if (compare && selected?.list === value.list && selected.id !== value.id) {
      mark(selected, value.id);
      setTriggerValue("against", value);
      return;
    }
    rove(card);
    selected = value;
    mark(value, null);
    setTriggerValue("picked", value);
    if (matchMedia("(max-width: 640px)").matches) {
      document.querySelector(data.reasons)?.scrollIntoView({ behavior: "smooth" });
    }
  };

  root.onclick = (event) => {
    const card = event.target.closest(".card");
    if (!card) return;
    if (event.target.closest(".follow")) setTriggerValue("followed", card.dataset.id);
    else pick(card, event.shiftKey);
  };
  root.onmousedown = (event) => {
    if (event.shiftKey) event.preventDefault(); // no text selection
  };
  const point = (event) => {
    const id = event.target.closest?.(".card")?.dataset.id;
    for (const card of cards()) card.classList.toggle("twin", card.dataset.id === id);
  };
  root.onpointerover = point;
  root.onpointerleave = () => cards().forEach((card) => card.classList.remove("twin"));

  root.onkeydown = (event) => {
    const card = event.target.closest(".card");
    if (!card || !event.target.classList.contains("pick")) return;
    if (event.key === "Enter" && event.shiftKey) {
      event.preventDefault();
      pick(card, true);
      return;
    }
    const own = cardsOf(card.dataset.list);
    const at = own.indexOf(card);
    const single = root.classList.contains("single");
    const wide = single
      ? getComputedStyle(card.parentElement).gridTemplateColumns.split(" ").length
      : 1;
    const step = { ArrowDown: wide, ArrowUp: -wide, Home: -at, End: own.length - 1 - at }[event.key];
    const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    let next;
    if (step !== undefined) next = own[Math.min(Math.max(at + step, 0), own.length - 1)];
    else if (side && single) next = own[Math.min(Math.max(at + side, 0), own.length - 1)];
    else if (side) {
      const there = cardsOf(keys[keys.indexOf(card.dataset.list) + side]);
      next = there[Math.min(at, there.length - 1)];
    } else return;
    event.preventDefault();
    if (!next) return;
    if (next.dataset.list !== card.dataset.list) activate(next.dataset.list);
    rove(next);
    next.querySelector(".pick").focus();
  };
}
