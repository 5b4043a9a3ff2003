// Cards of clusters: a mosaic that is a link, and links to the clusters nearby. Text comes from
// strangers: it only ever goes through textContent and attributes.

const make = (tag, name, parent, text) => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  parent?.append(element);
  return element;
};

function link(name, target, parent) {
  const element = make("a", name, parent);
  element.href = new URL(target.href, document.baseURI).href;
  element.dataset.cluster = target.id;
  element.title = target.title;
  return element;
}

function mark(target, parent) {
  const glyph = make("span", "mark", parent, target.glyph);
  glyph.style.color = target.colour;
  glyph.ariaHidden = "true";
}

function mosaic(pictures, parent) {
  const frame = make("span", "mosaic", parent);
  frame.dataset.count = pictures.length;
  for (const { src, alt } of pictures) {
    const cell = make("span", "cell", frame);
    const image = make("img", "", cell);
    image.loading = "lazy";
    image.decoding = "async";
    image.alt = alt;
    image.addEventListener("error", () => image.remove());
    image.src = new URL(src, document.baseURI).href;
  }
}

function createCard(card) {
  const item = make("div", "card");
  item.setAttribute("role", "listitem");
  const pick = link("pick", card, item);
  pick.setAttribute("aria-label", card.title);
  mosaic(card.pictures, pick);
  const name = make("span", "name", pick);
  mark(card, name);
  make("span", "text", name, card.name);
  if (card.words) make("span", "words", pick, card.words);
  if (card.note) make("span", "note", pick, card.note);
  if (card.category) {
    const bar = make("span", "bar", pick);
    make("span", "fill", bar).style.width = `${Math.round(card.share * 100)}%`;
    make("span", "category", pick, card.category);
  }
  for (const [left, right] of card.figures ?? []) {
    const line = make("span", "figures", pick);
    make("span", "", line, left);
    make("span", "quiet", line, right);
  }
  if (card.near?.length) {
    const near = make("div", "near", item);
    make("span", "quiet", near, card.near_label);
    for (const other of card.near) {
      const target = link("neighbour", other, near);
      mark(other, target);
      make("span", "text", target, other.name);
    }
  }
  return item;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let grid = parentElement.querySelector(".grid");
  if (!grid) {
    grid = make("div", "grid", parentElement);
    grid.setAttribute("role", "list");
  }
  grid.setAttribute("aria-label", data.label);
  grid.classList.toggle("small", data.small);
  const told = JSON.stringify(data.cards);
  if (grid.told !== told) {
    grid.told = told;
    grid.replaceChildren(...data.cards.map(createCard));
  }
  const picks = () => [...grid.querySelectorAll(".pick")];
  const rove = (target) => {
    for (const pick of picks()) pick.tabIndex = pick === target ? 0 : -1;
  };
  rove(picks()[0]);

  grid.onclick = (event) => {
    const target = event.target.closest("a");
    if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    target.closest(".card").classList.add("going");
    setTriggerValue("picked", Number(target.dataset.cluster));
  };

  grid.onkeydown = (event) => {
    const all = picks();
    const at = all.indexOf(event.target);
    if (at < 0) return;
    const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
    const step = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: columns,
      ArrowUp: -columns,
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
