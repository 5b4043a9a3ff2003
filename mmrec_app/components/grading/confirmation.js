// A line beside the pair that was graded last: what was said, whether it is kept, and undo.

/** @import { Graded, GradingWords } from "./data.js" */

import { make, makeButton } from "../shared/elements.js";

export class Confirmation {
  /**
   * @param {ParentNode} parent of the element that a screen reader listens to
   * @param {() => void} onUndo
   */
  constructor(parent, onUndo) {
    this.spoken = make("div", "spoken", parent);
    this.spoken.setAttribute("role", "status");
    this.root = make("div", "confirmation");
    this.text = make("span", "confirmation-text", this.root);
    this.undo = makeButton("plain undo", this.root);
    this.undo.onclick = (event) => {
      event.stopPropagation();
      onUndo();
    };
  }

  /**
   * @param {Graded | null} last
   * @param {boolean} pending whether the server does not have it yet
   * @param {GradingWords} words
   */
  update(last, pending, words) {
    this.root.hidden = !last;
    if (!last) return;
    const said = last.grade ? words.grades[last.grade - 1] : words.removed;
    const done = last.undone ? words.undone : words.saved;
    this.text.textContent = `${said} · ${pending ? words.saving : done}`;
    this.root.classList.toggle("pending", pending);
    this.undo.textContent = words.undo;
    this.undo.hidden = last.undone;
    if (this.spoken.textContent !== this.text.textContent && !pending) {
      this.spoken.textContent = this.text.textContent;
    }
  }
}
