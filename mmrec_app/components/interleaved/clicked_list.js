// The pictures of an interleaved list: each is a button that is pressed where it was found relevant.

/** @import { Picture } from "../grading/data.js" */

import { make, makeButton, setCaption } from "../shared/elements.js";
import { columnCount, nextIndex, setTabStop } from "../shared/grid_keys.js";
import { FramedPicture } from "../shared/pictures.js";
import { viewsOf } from "../shared/views.js";

export class ClickedList {
  /** @type {Place[]} */
  places = [];

  /**
   * @param {HTMLElement} parent
   * @param {(id: string) => void} onClick
   */
  constructor(parent, onClick) {
    this.onClick = onClick;
    this.root = make("ol", "list", parent);
    this.root.addEventListener("keydown", (event) => this.move(event));
  }

  /**
   * @param {string} name
   * @param {Picture[]} pictures
   * @param {ReadonlySet<string>} clicked
   */
  update(name, pictures, clicked) {
    this.root.setAttribute("aria-label", name);
    const ids = pictures.map(({ id }) => id);
    const before = this.places.map(({ id }) => id);
    this.places = viewsOf(this.places, ids, (index) => new Place(ids[index], this.onClick));
    for (const [index, picture] of pictures.entries())
      this.places[index].update(picture, index, clicked.has(picture.id));
    if (before.join("\n") === ids.join("\n")) return;
    this.root.replaceChildren(...this.places.map((place) => place.root));
    this.stopAt(0);
  }

  /** @param {number} index */
  stopAt(index) {
    const buttons = this.places.map(({ button }) => button);
    setTabStop(buttons, buttons[index]);
    return buttons[index];
  }

  /** @param {KeyboardEvent} event */
  move(event) {
    const index = this.places.findIndex(({ button }) => button === event.target);
    const next = nextIndex(event.key, index, this.places.length, columnCount(this.root));
    if (index < 0 || next === undefined) return;
    event.preventDefault();
    this.stopAt(next).focus();
  }
}

class Place {
  /**
   * @param {string} id
   * @param {(id: string) => void} onClick
   */
  constructor(id, onClick) {
    this.id = id;
    this.root = make("li", "place");
    this.button = makeButton("pick", this.root);
    this.button.onclick = ({ detail }) => {
      if (detail > 0) this.button.blur(); // the mouse's: Enter is not meant for it
      onClick(id);
    };
    this.picture = new FramedPicture(this.button);
    this.rank = make("span", "rank", this.picture.frame);
    this.mark = make("span", "mark", this.picture.frame, "✓");
    this.caption = make("div", "caption", this.root);
    this.rank.ariaHidden = this.mark.ariaHidden = "true";
  }

  /**
   * @param {Picture} picture
   * @param {number} index
   * @param {boolean} clicked
   */
  update(picture, index, clicked) {
    const place = String(index + 1);
    this.picture.show({ src: picture.src, alt: "", tip: picture.caption });
    this.button.setAttribute("aria-label", `${place}: ${picture.alt}`);
    this.button.setAttribute("aria-pressed", String(clicked));
    this.rank.textContent = place;
    setCaption(this.caption, picture);
    this.caption.ariaHidden = "true"; // the button says the same
  }
}
