// A note, and a button that sends it and saves the page that comes back. Both go in one message:
// a note sent on its own could reach the server after the wish to save.

const make = (tag, name, parent) => {
  const element = document.createElement(tag);
  element.className = name;
  parent.append(element);
  return element;
};

function build(root, { setTriggerValue }) {
  const form = make("form", "finding", root);
  const label = make("label", "", form);
  make("span", "label", label);
  make("textarea", "note", label).rows = 4;
  make("button", "save", form).type = "submit";
  make("p", "hint", form);
  form.onsubmit = (event) => {
    event.preventDefault();
    form.ticket = String(Date.now());
    form.querySelector(".save").disabled = true;
    setTriggerValue("asked", {
      note: form.querySelector(".note").value,
      ticket: form.ticket,
    });
  };
  return form;
}

function download(name, html) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([html], { type: "text/html" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export default function (component) {
  const { data, parentElement } = component;
  const form = parentElement.querySelector(".finding") ?? build(parentElement, component);
  const get = (name) => form.querySelector(`.${name}`);
  get("label").textContent = data.label;
  get("save").textContent = data.save;
  get("hint").textContent = data.hint;
  const note = get("note");
  note.placeholder = data.placeholder;
  note.maxLength = data.longest;
  if (form.subject !== data.subject) note.value = "";
  form.subject = data.subject;
  if (data.ticket && data.ticket === form.ticket) {
    form.ticket = null;
    get("save").disabled = false;
    download(data.name, data.html);
  }
}
