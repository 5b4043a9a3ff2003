// What both ways to grade share. It stands before the component's own script: components are single
// scripts. Text comes from strangers: it only ever goes through textContent and attributes.

const make = (tag, name, parent, text) => {
  const element = document.createElement(tag);
  element.className = name;
  if (text !== undefined && text !== null) element.textContent = text;
  parent?.append(element);
  return element;
};

const makeButton = (name, parent, text, label) => {
  const button = make("button", name, parent, text);
  button.type = "button";
  if (label) {
    button.setAttribute("aria-label", label);
    button.title = label;
  }
  return button;
};

const setImage = (image, picture) => {
  const source = new URL(picture.src, document.baseURI).href;
  if (image.src !== source) image.src = source;
  image.alt = picture.alt;
  image.title = picture.tip;
};

const setCaption = (element, picture) => {
  element.textContent = picture.caption;
  element.classList.toggle("none", Boolean(picture.uncaptioned));
};

// Events wait here until the server has them: quick keys are never lost to a run that is under way.
function logOf({ parentElement, data, setStateValue }) {
  const log = (parentElement.eventLog ??= { waiting: [], last: 0 });
  log.waiting = log.waiting.filter((event) => event.n > data.ack);
  log.send = (event) => {
    log.last = Math.max(log.last + 1, Date.now() * 100);
    log.waiting.push({ n: log.last, ...event });
    setStateValue("events", [...log.waiting]);
  };
  return log;
}

// The grade of a pair as it will be once the server has all events.
function gradeOf(log, data, query, candidate) {
  let grade = data.grades[query]?.[candidate]?.grade ?? 0;
  for (const event of log.waiting) {
    if (event.query === query && event.candidate === candidate) {
      if (event.kind === "grade") grade = event.grade;
      if (event.kind === "withdraw") grade = 0;
    }
  }
  return grade;
}

function createGrades(parent) {
  const row = make("div", "grades", parent);
  row.setAttribute("role", "group");
  for (const grade of [1, 2, 3, 4]) makeButton(`grade g${grade}`, row, String(grade));
  make("span", "others", row);
  return row;
}

function fillGrades(row, grade, names, label, others) {
  row.setAttribute("aria-label", label);
  for (const [at, button] of [...row.querySelectorAll(".grade")].entries()) {
    button.setAttribute("aria-label", `${at + 1}: ${names[at]}`);
    button.title = names[at];
    button.setAttribute("aria-pressed", String(at + 1 === grade));
  }
  row.querySelector(".others").textContent = others ?? "";
  row.querySelector(".others").title = others ?? "";
}

function sendGrade(log, data, pair, grade) {
  const present = gradeOf(log, data, pair.query, pair.candidate);
  if (grade === 0 && present) log.send({ ...pair, kind: "withdraw" });
  if (grade > 0) log.send({ ...pair, kind: "grade", grade });
}

// Keys act on the page unless somebody is typing, or moves a control of the page.
function onKeys(parentElement, handle) {
  parentElement.forgetKeys?.();
  const listen = (event) => {
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || !(target instanceof Element)) return;
    if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
    if (target.closest("[role=dialog],[role=listbox],[role=combobox]")) return;
    if (event.key.startsWith("Arrow") && target.closest("[role=slider],[role=radio]")) return;
    if (handle(event.key)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  document.addEventListener("keydown", listen, true);
  parentElement.forgetKeys = () => document.removeEventListener("keydown", listen, true);
  return parentElement.forgetKeys;
}

function fillLegend(legend, keys) {
  if (legend.childElementCount) return;
  for (const [key, meaning] of keys) {
    const item = make("span", "legend-item", legend);
    for (const one of key.split(" ")) make("kbd", "", item, one);
    item.append(` ${meaning}`);
  }
}
