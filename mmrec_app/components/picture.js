// One picture with its caption and a short list of facts. Text goes through textContent only.

const make = (tag, name, parent, text) => {
  const element = document.createElement(tag);
  element.className = name;
  if (text !== undefined && text !== null) element.textContent = text;
  parent?.append(element);
  return element;
};

export default function (component) {
  const { data, parentElement } = component;
  let figure = parentElement.querySelector("figure");
  if (!figure) {
    figure = make("figure", "one", parentElement);
    make("img", "picture", figure);
    make("figcaption", "", figure);
  }
  figure.classList.toggle("small", Boolean(data.small));
  const image = figure.querySelector("img");
  const source = new URL(data.src, document.baseURI).href;
  if (image.src !== source) image.src = source;
  image.alt = data.alt ?? "";
  const body = figure.querySelector("figcaption");
  body.replaceChildren();
  if (data.kicker) make("div", "kicker", body, data.kicker);
  make("div", data.uncaptioned ? "caption none" : "caption", body, data.caption);
  const facts = make("dl", "facts", body);
  for (const fact of data.facts) {
    make("dt", "", facts, fact.name);
    const value = make("dd", "", facts);
    if (fact.cluster) {
      make("span", "swatch", value, fact.cluster.glyph).style.color = fact.cluster.colour;
    }
    const text = make("span", "", value);
    for (const [at, part] of fact.value.split("/").entries()) {
      if (at) text.append("/", document.createElement("wbr"));
      text.append(part);
    }
  }
}
