// The picture and the caption of the point under the pointer.

import { make, resolved } from "./elements.js";
import { json } from "./layers.js";

const GAP = 14;
const WAIT = 60; // milliseconds on a point before its caption is asked for

export class Tooltip {
  constructor(parent) {
    this.root = make("div", "tip", parent);
    this.root.hidden = true;
    this.image = make("img", "tip-picture", this.root);
    const body = make("div", "tip-body", this.root);
    this.caption = make("div", "tip-caption", body);
    this.value = make("div", "tip-value", body);
    this.more = make("div", "tip-more", body);
    this.row = -1;
  }

  show(row, x, y, { thumbnail, details, captions, clusters, value, words, view }) {
    if (row !== this.row) {
      this.row = row;
      this.image.removeAttribute("src");
      this.image.alt = "";
      this.image.src = resolved(thumbnail.replace("{row}", row));
      this.caption.textContent = " ";
      this.caption.classList.remove("none");
      this.more.textContent = "";
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.fill(row, { details, captions, clusters, words }), WAIT);
    }
    this.value.textContent = value ?? "";
    this.value.hidden = !value;
    this.root.hidden = false;
    this.place(x, y, view);
  }

  async fill(row, { details, captions, clusters, words }) {
    try {
      const found = await json(details.replace("{row}", row));
      if (row !== this.row) return;
      const caption = found.captions[captions] || found.text;
      this.caption.textContent = caption || words.no_caption;
      this.caption.classList.toggle("none", !caption);
      this.image.alt = caption || words.no_caption;
      this.more.textContent = [clusters[found.cluster], found.image].join("\n");
    } catch {
      if (row === this.row) this.more.textContent = words.unreachable;
    }
  }

  place(x, y, view) {
    const { offsetWidth: width, offsetHeight: height } = this.root;
    const left = x + GAP + width < view.width ? x + GAP : Math.max(x - GAP - width, 4);
    const top = Math.min(Math.max(y - height / 3, 4), Math.max(view.height - height - 4, 4));
    this.root.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  hide() {
    clearTimeout(this.timer);
    this.root.hidden = true;
    this.row = -1;
  }
}
