// One result: its picture, score, relevance, and its place in the other lists.

/** @import { Card } from "./data.js" */

import {
  make,
  percentage,
  setCaption,
  setClusterMark,
  setSign,
  setText,
} from "../shared/elements.js";
import { FramedPicture, absolute } from "../shared/pictures.js";

export class CardView {
  /**
   * @param {string} list
   * @param {string} id
   */
  constructor(list, id) {
    this.list = list;
    this.id = id;
    this.root = make("li", "card");
    this.root.dataset.list = list;
    this.root.dataset.id = id;
    this.pick = make("a", "pick", this.root);
    this.picture = new FramedPicture(this.pick, { lazy: true });
    this.badge = make("span", "badge", this.picture.frame);
    this.stack = make("span", "stack", this.picture.frame);
    const body = make("span", "body", this.pick);
    this.caption = make("span", "caption", body);
    const figures = make("span", "figures", body);
    this.cluster = make("span", "swatch", figures);
    this.value = make("span", "value", figures);
    this.known = make("span", "known", figures);
    this.only = make("span", "only", figures);
    this.note = make("span", "note", figures);
    const bar = make("span", "bar", body);
    this.fill = make("span", "fill", bar);
    this.mark = make("span", "mark", bar);
    this.elsewhere = make("span", "elsewhere", body);
    this.follow = make("a", "follow", this.root, "↗");
  }

  /**
   * @param {Card} card
   * @param {string} follow what the small link does
   */
  update(card, follow) {
    this.root.classList.toggle("below", card.below);
    this.pick.title = card.tip;
    this.pick.href = absolute(card.href);
    this.follow.href = absolute(card.query_href);
    this.picture.show({ src: card.src, alt: card.uncaptioned ? card.alt : "" });
    setSign(this.badge, card.rank, `${card.rank}.`);
    setSign(this.stack, card.stack?.sign, card.stack?.text ?? "");
    setText(this.value, card.value);
    setText(this.note, card.note);
    setSign(this.known, card.known?.sign, card.known?.text ?? "");
    this.known.className = `known ${card.known?.kind ?? ""}`;
    this.known.title = card.known?.text ?? "";
    setText(this.only, card.only);
    setCaption(this.caption, card);
    setClusterMark(this.cluster, card.cluster);
    this.fill.style.width = percentage(card.share);
    this.mark.hidden = card.threshold === null;
    this.mark.style.left = percentage(card.threshold);
    this.elsewhere.hidden = !card.elsewhere.length;
    this.elsewhere.replaceChildren();
    for (const { name, rank, near, tip, said } of card.elsewhere) {
      const chip = make("span", near ? "chip near" : "chip", this.elsewhere);
      setSign(chip, `${name} ${rank}`, said);
      chip.title = tip;
    }
    this.follow.setAttribute("aria-label", `${follow}: ${card.alt}`);
    this.follow.title = follow;
  }

  /** @param {boolean} stop whether the Tab key stops at this card */
  setTabStop(stop) {
    this.pick.tabIndex = this.follow.tabIndex = stop ? 0 : -1;
  }
}
