// One side of a comparison: a list of pictures that does not say whose it is.

/** @import { Picture } from "../grading/data.js" */

import { make, setCaption } from "../shared/elements.js";
import { FramedPicture } from "../shared/pictures.js";
import { viewsOf } from "../shared/views.js";

export class Side {
  /** @type {Place[]} */
  places = [];

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.root = make("section", "side", parent);
    this.head = make("h2", "head", this.root);
    this.list = make("ol", "list", this.root);
  }

  /**
   * @param {string} name
   * @param {Picture[]} pictures
   */
  update(name, pictures) {
    this.head.textContent = name;
    this.root.setAttribute("aria-label", name);
    const ids = pictures.map(({ id }) => id);
    this.places = viewsOf(this.places, ids, (index) => new Place(ids[index]));
    for (const [index, picture] of pictures.entries()) this.places[index].update(picture, index);
    this.list.replaceChildren(...this.places.map((place) => place.root));
  }
}

class Place {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    this.root = make("li", "place");
    this.picture = new FramedPicture(this.root);
    this.rank = make("span", "rank", this.picture.frame);
    this.rank.ariaHidden = "true";
    this.caption = make("div", "caption", this.root);
  }

  /**
   * @param {Picture} picture
   * @param {number} index
   */
  update(picture, index) {
    this.picture.show({ ...picture, tip: picture.caption });
    this.rank.textContent = String(index + 1);
    setCaption(this.caption, picture);
    this.caption.ariaHidden = "true"; // the picture says the same
  }
}
