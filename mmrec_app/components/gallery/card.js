// One picture of the gallery with its figures and buttons.

/** @import { Card, GalleryData } from "./data.js" */

import {
  make,
  makeButton,
  percentage,
  setCaption,
  setClusterMark,
  setLabel,
  setSign,
  setText,
} from "../shared/elements.js";
import { FramedPicture, absolute } from "../shared/pictures.js";

export class CardView {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    this.root = make("div", "card");
    this.root.setAttribute("role", "listitem");
    this.root.dataset.id = id;
    this.pick = make("a", "pick", this.root);
    this.picture = new FramedPicture(this.pick);
    this.badge = make("span", "badge", this.picture.frame);
    this.stack = make("span", "stack", this.picture.frame);
    const body = make("span", "body", this.pick);
    this.caption = make("span", "caption", body);
    this.figures = make("span", "figures", body);
    this.cluster = make("span", "swatch", this.figures);
    this.value = make("span", "value", this.figures);
    this.note = make("span", "note", this.figures);
    this.bar = make("span", "bar", body);
    this.fill = make("span", "fill", this.bar);
    this.mark = make("span", "mark", body);
    this.follow = makeButton("follow", this.root);
    this.choose = makeButton("choose", this.root);
    this.choose.tabIndex = -1;
    this.choose.setAttribute("role", "checkbox");
  }

  /**
   * @param {Card} card
   * @param {GalleryData} data
   */
  update(card, data) {
    this.pick.title = card.tip;
    this.pick.href = absolute(card.href);
    this.picture.show({ src: card.src, alt: card.uncaptioned ? card.alt : "" });
    setSign(this.badge, card.badge, `${card.badge}.`);
    setText(this.stack, card.stack);
    setText(this.value, card.value);
    setText(this.note, card.note);
    setCaption(this.caption, card);
    setText(this.mark, card.mark);
    setClusterMark(this.cluster, card.cluster);
    this.bar.hidden = card.share === null;
    this.fill.style.width = percentage(card.share);
    this.figures.hidden = !(card.value || card.note || card.cluster);
    this.follow.hidden = !data.follow;
    if (data.follow) {
      setLabel(this.follow, data.follow);
      this.follow.setAttribute("aria-label", `${data.follow}: ${card.alt}`);
      this.follow.textContent = data.follow_sign;
    }
    this.choose.hidden = !data.choose;
    if (data.choose) {
      this.choose.setAttribute("aria-label", `${data.choose}: ${card.alt}`);
      this.choose.title = data.choose;
    }
  }

  /** @param {boolean} chosen */
  setChosen(chosen) {
    this.root.classList.toggle("chosen", chosen);
    this.choose.setAttribute("aria-checked", String(chosen));
  }

  /** @param {boolean} stop whether the Tab key stops at this card */
  setTabStop(stop) {
    this.pick.tabIndex = this.follow.tabIndex = stop ? 0 : -1;
  }
}
