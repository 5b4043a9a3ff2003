// Asks who grades, before the first grade: a name, or anonymous by choice.

/** @import { Question } from "./data.js" */

import { make, makeButton } from "../shared/elements.js";

export class NameQuestion {
  /** @param {ParentNode} parent */
  constructor(parent) {
    this.dialog = make("dialog", "who", parent);
    this.form = make("form", "", this.dialog);
    this.form.method = "dialog";
    this.title = make("h2", "who-title", this.form);
    this.title.id = "who-title";
    this.dialog.setAttribute("aria-labelledby", this.title.id);
    this.about = make("p", "who-about", this.form);
    this.name = make("input", "field", this.form);
    this.name.type = "text";
    const buttons = make("div", "who-buttons", this.form);
    this.take = make("button", "who-take", buttons);
    this.take.type = "submit";
    this.anonymous = makeButton("plain", buttons);
    // Whoever grades quickly is still pressing grades: they are no name.
    this.name.onkeydown = (event) => {
      if (!this.name.value && /^[0-9]$/.test(event.key)) event.preventDefault();
    };
    this.name.oninput = () => this.check();
  }

  /**
   * @param {Question} words
   * @param {(name: string) => void} onChosen gets "" for anonymous; not called if it is put off
   */
  ask(words, onChosen) {
    this.title.textContent = words.title;
    this.about.textContent = words.about;
    this.name.placeholder = words.name;
    this.name.setAttribute("aria-label", words.name);
    this.name.maxLength = words.longest;
    this.take.textContent = words.take;
    this.anonymous.textContent = words.anonymous;
    this.form.onsubmit = () => onChosen(this.name.value.trim());
    this.anonymous.onclick = () => {
      this.dialog.close();
      onChosen("");
    };
    this.check();
    if (!this.dialog.open) this.dialog.showModal();
    this.name.focus();
  }

  check() {
    this.take.disabled = !this.name.value.trim();
  }
}
