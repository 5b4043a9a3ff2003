// One query and each ranker's first candidates: arrow keys walk, 1 to 4 grade and move on.

function createCandidate() {
  const item = make("li", "candidate");
  const pick = makeButton("pick", item);
  const frame = make("span", "frame", pick);
  const image = make("img", "", frame);
  image.decoding = "async";
  const body = make("div", "body", item);
  const line = make("div", "line", body);
  make("span", "rank", line);
  make("span", "value", line);
  make("span", "known", line);
  make("div", "caption", body);
  createGrades(body);
  return item;
}

function fillCandidate(item, card, data, log, showKnown) {
  item.dataset.id = card.id;
  setImage(item.querySelector("img"), card);
  item.querySelector(".pick").setAttribute("aria-label", `${card.rank}. ${card.alt}`);
  item.querySelector(".rank").textContent = card.rank;
  item.querySelector(".value").textContent = card.value;
  setCaption(item.querySelector(".caption"), card);
  const grade = gradeOf(log, data, data.query.id, card.id);
  const known = item.querySelector(".known");
  known.textContent = grade && card.known ? data.words[card.known] : "";
  known.className = card.known === "relevant" ? "known yes" : "known no";
  const given = data.grades[data.query.id]?.[card.id];
  fillGrades(item.querySelector(".grades"), grade, data.words.grades, data.words.grade, given?.others);
}

function createFrame(parentElement) {
  const outer = make("div", "outer", parentElement);
  make("div", "legend", outer);
  const board = make("div", "board", outer);
  const side = make("div", "pane", board);
  for (const name of ["query", "chosen"]) {
    const figure = make("figure", `big ${name}`, side);
    const frame = make("span", "frame", figure);
    make("img", "", frame);
    const text = make("figcaption", "", figure);
    make("div", "role", text);
    make("div", "caption", text);
  }
  const say = make("div", "say", side);
  make("input", "field note", say).type = "text";
  const tags = make("div", "tags", say);
  const tag = make("input", "field tag", tags);
  tag.type = "text";
  tag.setAttribute("list", "known-tags");
  make("datalist", "", tags).id = "known-tags";
  makeButton("plain open", say);
  make("div", "facts", make("div", "about", side));
  const main = make("div", "main", board);
  make("div", "tabs", main);
  make("div", "columns", main);
  return outer;
}

export default function (component) {
  const { data, parentElement } = component;
  const log = logOf(component);
  const outer = parentElement.querySelector(".outer") ?? createFrame(parentElement);
  const get = (name) => outer.querySelector(name);
  fillLegend(get(".legend"), data.keys);
  if (outer.dataset.query !== data.query.id) {
    outer.dataset.query = data.query.id;
    outer.dataset.column = "0";
    outer.dataset.row = "-1";
  }

  const query = get(".big.query");
  setImage(query.querySelector("img"), data.query);
  query.querySelector(".role").textContent = data.words.query;
  setCaption(query.querySelector(".caption"), data.query);
  const facts = get(".facts");
  facts.replaceChildren();
  for (const [name, value] of data.facts) {
    make("span", "", facts, name);
    make("b", "", facts, value);
  }
  for (const source of data.soon) new Image().src = new URL(source, document.baseURI).href;

  const tabs = get(".tabs");
  const columns = get(".columns");
  tabs.replaceChildren();
  const old = [...columns.children];
  const lists = data.columns.map((column, at) => {
    const tab = makeButton("tab", tabs, column.name);
    tab.onclick = () => seek(at, Math.max(0, here().row));
    const box = old[at] ?? make("section", "column", columns);
    if (!box.firstChild) {
      make("h3", "head", box);
      make("ol", "list", box);
    }
    box.setAttribute("aria-label", column.name);
    box.querySelector(".head").textContent = column.name;
    box.querySelector(".head").title = column.about;
    const list = box.querySelector(".list");
    const there = new Map([...list.children].map((item) => [item.dataset.id, item]));
    const items = column.cards.map((card) => there.get(card.id) ?? createCandidate());
    list.replaceChildren(...items);
    return items;
  });
  for (const extra of old.slice(data.columns.length)) extra.remove();

  const here = () => ({ column: Number(outer.dataset.column), row: Number(outer.dataset.row) });
  const chosenCard = () => data.columns[here().column]?.cards[here().row];
  const fill = () => {
    for (const [at, column] of data.columns.entries()) {
      for (const [row, card] of column.cards.entries()) {
        fillCandidate(lists[at][row], card, data, log);
      }
    }
  };

  const fillChosen = () => {
    const card = chosenCard();
    const chosen = get(".big.chosen");
    chosen.hidden = get(".say").hidden = !card;
    if (!card) return;
    setImage(chosen.querySelector("img"), card);
    chosen.querySelector(".role").textContent = data.words.candidate;
    setCaption(chosen.querySelector(".caption"), card);
    const graded = gradeOf(log, data, data.query.id, card.id) > 0;
    const note = get(".note");
    const given = data.grades[data.query.id]?.[card.id];
    note.placeholder = graded ? data.words.note : data.words.note_first;
    note.setAttribute("aria-label", data.words.note);
    note.maxLength = data.note_length;
    note.disabled = !graded;
    if (parentElement.activeElement !== note) note.value = given?.note ?? "";
    get(".tag").placeholder = data.words.tag;
    get(".tag").setAttribute("aria-label", data.words.tag);
    get(".tag").maxLength = data.tag_length;
    const tags = get(".tags");
    for (const chip of tags.querySelectorAll(".chip")) chip.remove();
    for (const tag of data.tags[card.id] ?? []) {
      const chip = makeButton("chip", null, tag, `${data.words.untag} ${tag}`);
      chip.onclick = () => log.send({ kind: "untag", candidate: card.id, tag });
      tags.insertBefore(chip, get(".tag"));
    }
    const known = tags.querySelector("datalist");
    known.replaceChildren(
      ...data.known_tags.map((tag) => Object.assign(document.createElement("option"), { value: tag })),
    );
    get(".open").textContent = data.words.open;
  };

  const seek = (column, row, follow = true) => {
    outer.dataset.column = String(column);
    outer.dataset.row = String(row);
    for (const [at, items] of lists.entries()) {
      columns.children[at].classList.toggle("active", at === column);
      tabs.children[at].setAttribute("aria-pressed", String(at === column));
      for (const [place, item] of items.entries()) {
        const same = chosenCard() && item.dataset.id === chosenCard().id;
        item.classList.toggle("here", at === column && place === row);
        item.classList.toggle("twin", Boolean(same) && !(at === column && place === row));
      }
    }
    fillChosen();
    if (follow) lists[column]?.[row]?.scrollIntoView({ block: "nearest" });
  };

  const places = () => data.columns.flatMap((c, at) => c.cards.map((_, row) => [at, row]));
  const move = (step) => {
    const all = places();
    const at = all.findIndex(([column, row]) => column === here().column && row === here().row);
    const [column, row] = all[Math.min(Math.max(at + step, 0), all.length - 1)] ?? [0, -1];
    seek(column, row);
  };
  const ungraded = (column, row) =>
    !gradeOf(log, data, data.query.id, data.columns[column].cards[row].id);
  const moveOn = () => {
    const all = places();
    const at = all.findIndex(([column, row]) => column === here().column && row === here().row);
    const next = [...all.slice(at + 1), ...all.slice(0, at)].find((place) => ungraded(...place));
    if (next) seek(...next);
    else fillChosen();
  };

  const grade = (column, row, value) => {
    const card = data.columns[column].cards[row];
    const ranker = data.columns[column].ranker;
    const pair = { query: data.query.id, candidate: card.id, ranker, rank: card.place };
    sendGrade(log, data, pair, value);
    fill();
  };

  const leave = (field) => {
    field.blur();
    outer.focus?.();
  };
  const note = get(".note");
  const saveNote = () => {
    const card = chosenCard();
    if (!card || note.disabled) return;
    const before = data.grades[data.query.id]?.[card.id]?.note ?? "";
    if (note.value.trim() !== before) {
      log.send({ kind: "note", query: data.query.id, candidate: card.id, note: note.value });
    }
  };
  note.onchange = saveNote;
  note.onkeydown = (event) => {
    if (event.key === "Enter" || event.key === "Escape") leave(note);
  };
  const tag = get(".tag");
  tag.onkeydown = (event) => {
    if (event.key === "Enter" && tag.value.trim() && chosenCard()) {
      log.send({ kind: "tag", candidate: chosenCard().id, tag: tag.value });
      tag.value = "";
    }
    if (event.key === "Enter" || event.key === "Escape") leave(tag);
  };
  get(".open").onclick = () => {
    if (chosenCard()) log.send({ kind: "open", query: data.query.id, candidate: chosenCard().id });
  };

  columns.onclick = (event) => {
    const item = event.target.closest(".candidate");
    if (!item) return;
    const column = lists.findIndex((items) => items.includes(item));
    const row = lists[column].indexOf(item);
    const button = event.target.closest(".grade");
    if (button) {
      const pressed = button.getAttribute("aria-pressed") === "true";
      grade(column, row, pressed ? 0 : Number(button.textContent));
    }
    seek(column, row, false);
  };

  fill();
  if (here().row < 0 && data.columns.length) {
    const first = places().find((place) => ungraded(...place)) ?? [0, 0];
    seek(...first, false);
  } else {
    seek(here().column, Math.min(here().row, (lists[here().column]?.length ?? 0) - 1), false);
  }

  return onKeys(parentElement, (key) => {
    const plain = key.length === 1 ? key.toLowerCase() : key;
    const turn = { j: 1, k: -1, ArrowRight: 1, ArrowLeft: -1 }[plain];
    if (turn !== undefined) {
      log.send({ kind: "go", step: turn });
      return true;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[plain];
    if (step !== undefined) {
      move(step);
      return true;
    }
    if (/^[0-4]$/.test(plain) && chosenCard()) {
      grade(here().column, here().row, Number(plain));
      if (plain !== "0") moveOn();
      else fillChosen();
      return true;
    }
    if (plain === "n" && !note.disabled) {
      note.focus();
      return true;
    }
    if (plain === "t") {
      tag.focus();
      return true;
    }
    if (plain === "o") {
      get(".open").click();
      return true;
    }
    return false;
  });
}
