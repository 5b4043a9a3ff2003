// What the last choice was, and whose lists they were: a line that a screen reader says, with undo.

/** @import { Choice, CompareWords, Item } from "./data.js" */

import { make, makeButton, setText } from "../shared/elements.js";
import { FramedPicture, absolute } from "../shared/pictures.js";

export class Outcome {
  /**
   * @param {ParentNode} parent
   * @param {() => void} onUndo
   */
  constructor(parent, onUndo) {
    this.spoken = make("div", "spoken", parent);
    this.spoken.setAttribute("role", "status");
    this.root = make("div", "outcome", parent);
    this.link = make("a", "last", this.root);
    this.picture = new FramedPicture(this.link);
    this.text = make("div", "outcome-text", this.root);
    this.sides = make("div", "outcome-sides", this.text);
    this.choice = make("div", "outcome-choice", this.text);
    this.undo = makeButton("plain undo", this.root);
    this.undo.onclick = onUndo;
  }

  /**
   * @param {{ item: Item, choice: Choice | null } | null} last its choice, null where taken back
   * @param {boolean} pending whether the server does not have it yet
   * @param {CompareWords} words
   */
  update(last, pending, words) {
    this.root.hidden = !last;
    if (!last) return;
    const { query, href, left, right } = last.item;
    this.picture.show(query);
    this.link.href = absolute(href);
    this.link.setAttribute("aria-label", `${words.open}: ${query.alt}`);
    this.link.title = words.open;
    const { choices } = words;
    setText(
      this.sides,
      last.choice && `${choices.left}: ${left.name} · ${choices.right}: ${right.name}`,
    );
    const done = last.choice ? words.saved : words.undone;
    this.choice.textContent = [
      last.choice && chosen(last.item, last.choice, words),
      pending ? words.saving : done,
    ]
      .filter(Boolean)
      .join(" · ");
    this.undo.textContent = words.undo;
    this.undo.hidden = !last.choice;
    const said = `${this.sides.textContent}. ${this.choice.textContent}`;
    if (!pending && this.spoken.textContent !== said) this.spoken.textContent = said;
  }
}

/**
 * @param {Item} item
 * @param {Choice} choice
 * @param {CompareWords} words
 */
function chosen(item, choice, words) {
  const name = choice === "left" || choice === "right" ? item[choice].name : words.choices[choice];
  return `${words.chosen}: ${name}`;
}
