// Judged pairs as cards: query beside candidate, every ranker's probability, four grades.

function createPair() {
  const item = make("li", "pair");
  const sides = make("div", "sides", item);
  for (const side of ["query", "candidate"]) {
    const figure = make("button", `side ${side}`, sides);
    figure.type = "button";
    const frame = make("span", "frame", figure);
    const image = make("img", "", frame);
    image.loading = "lazy";
    image.decoding = "async";
    make("span", "role", figure);
    make("span", "caption", figure);
  }
  const facts = make("div", "known-facts", item);
  make("div", "verdict-line", facts).append(make("span", "known"), make("span", "rank"));
  make("div", "bars", facts);
  createGrades(facts);
  return item;
}

function fillBars(box, pair, data) {
  box.replaceChildren();
  for (const bar of pair.bars) {
    const row = make("div", bar.chosen ? "bar chosen" : "bar", box);
    make("span", "bar-name", row, bar.name);
    const track = make("span", "track", row);
    make("span", "fill", track).style.width = `${Math.round((bar.p ?? 0) * 100)}%`;
    if (bar.chosen) make("span", "mark", track).style.left = `${data.threshold * 100}%`;
    make("span", "bar-value", row, bar.value);
  }
}

function fillPair(item, pair, data, log) {
  item.dataset.query = pair.query.id;
  item.dataset.candidate = pair.candidate.id;
  for (const side of ["query", "candidate"]) {
    const figure = item.querySelector(`.side.${side}`);
    setImage(figure.querySelector("img"), pair[side]);
    figure.querySelector(".role").textContent = data.words[side];
    setCaption(figure.querySelector(".caption"), pair[side]);
    figure.setAttribute("aria-label", `${data.words.open}: ${pair[side].alt}`);
  }
  const known = item.querySelector(".known");
  known.textContent = pair.relevant ? data.words.relevant : data.words.irrelevant;
  known.className = pair.relevant ? "known yes" : "known no";
  item.querySelector(".rank").textContent = pair.rank;
  fillBars(item.querySelector(".bars"), pair, data);
  const given = data.grades[pair.query.id]?.[pair.candidate.id];
  fillGrades(
    item.querySelector(".grades"),
    gradeOf(log, data, pair.query.id, pair.candidate.id),
    data.words.grades,
    data.words.grade,
    given?.others,
  );
}

export default function (component) {
  const { data, parentElement } = component;
  const log = logOf(component);
  let list = parentElement.querySelector(".pairs");
  if (!list) {
    const outer = make("div", "outer", parentElement);
    make("div", "legend", outer);
    list = make("ul", "pairs", outer);
  }
  fillLegend(parentElement.querySelector(".legend"), data.keys);
  list.setAttribute("aria-label", data.words.list);
  const old = new Map([...list.children].map((item) => [item.dataset.key, item]));
  const items = data.pairs.map((pair) => {
    const key = JSON.stringify([pair.query.id, pair.candidate.id]);
    const item = old.get(key) ?? createPair();
    item.dataset.key = key;
    fillPair(item, pair, data, log);
    return item;
  });
  list.replaceChildren(...items);
  if (list.dataset.page !== data.page) {
    list.dataset.page = data.page;
    list.dataset.at = "-1";
  }

  const seek = (at) => {
    list.dataset.at = String(at);
    for (const [place, item] of items.entries()) item.classList.toggle("here", place === at);
    items[at]?.scrollIntoView({ block: "nearest" });
  };
  seek(Math.min(Number(list.dataset.at), items.length - 1));

  const grade = (at, value) => {
    const { query, candidate } = items[at].dataset;
    const found = data.pairs[at];
    sendGrade(log, data, { query, candidate, ranker: data.ranker, rank: found.place }, value);
    fillPair(items[at], found, data, log);
  };

  list.onclick = (event) => {
    const item = event.target.closest(".pair");
    if (!item) return;
    const at = items.indexOf(item);
    const button = event.target.closest(".grade");
    if (button) {
      const value = Number(button.textContent);
      grade(at, button.getAttribute("aria-pressed") === "true" ? 0 : value);
      seek(at);
    } else if (event.target.closest(".side")) {
      const { query, candidate } = item.dataset;
      log.send({ kind: "open", query, candidate });
    }
  };

  return onKeys(parentElement, (key) => {
    const at = Number(list.dataset.at);
    const step = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[key.length === 1 ? key.toLowerCase() : key];
    if (step !== undefined) {
      seek(Math.min(Math.max(at + step, 0), items.length - 1));
      return true;
    }
    if (at < 0) return false;
    if (/^[0-4]$/.test(key)) {
      grade(at, Number(key));
      if (key !== "0") seek(Math.min(at + 1, items.length - 1));
      return true;
    }
    if (key === "o" || key === "O") {
      const { query, candidate } = items[at].dataset;
      log.send({ kind: "open", query, candidate });
      return true;
    }
    return false;
  });
}
