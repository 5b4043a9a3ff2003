// Lines between the same picture in two lists, so that the eye finds what moved.

/** @import { CardView } from "./card.js" */
/** @import { ColumnView } from "./column.js" */

const SVG = "http://www.w3.org/2000/svg";

/**
 * The same picture in two lists, and whether the second has it higher up.
 *
 * @typedef {{ id: string, from: CardView, to: CardView, kind: "up" | "down" | "same" }} Join
 */

export class Joins {
  /** @type {Join[]} */
  joins = [];

  /** @param {HTMLElement} lists around the columns */
  constructor(lists) {
    this.lists = lists;
    this.root = document.createElementNS(SVG, "svg");
    this.root.classList.add("joins");
    this.root.ariaHidden = "true"; // the cards say it
    new ResizeObserver(() => this.draw()).observe(lists);
  }

  /** @param {ColumnView[]} columns whose first two are joined, none for no lines */
  update(columns) {
    const [left, right] = columns;
    this.joins = right ? joined(left.cards, right.cards) : [];
    this.lists.append(this.root);
    this.draw();
  }

  draw() {
    const frame = this.lists.getBoundingClientRect();
    this.root.replaceChildren(
      ...this.joins.map(({ id, from, to, kind }) => {
        const [start, end] = [from, to].map((card) => card.picture.frame.getBoundingClientRect());
        const left = from.root.getBoundingClientRect().right - frame.left;
        const right = to.root.getBoundingClientRect().left - frame.left;
        const [y1, y2] = [start, end].map((box) => box.top + box.height / 2 - frame.top);
        const path = document.createElementNS(SVG, "path");
        path.setAttribute("class", kind);
        path.dataset.id = id;
        const middle = (left + right) / 2;
        path.setAttribute("d", `M${left} ${y1}C${middle} ${y1} ${middle} ${y2} ${right} ${y2}`);
        return path;
      }),
    );
  }

  /** @param {string | undefined} id */
  highlight(id) {
    for (const path of this.root.querySelectorAll("path")) {
      path.classList.toggle("twin", path.dataset.id === id);
    }
  }
}

/**
 * Return the pictures that both lists have.
 *
 * @template {{ id: string }} Card
 * @param {Card[]} left
 * @param {Card[]} right
 * @returns {{ id: string, from: Card, to: Card, kind: "up" | "down" | "same" }[]}
 */
export function joined(left, right) {
  const places = new Map(right.map(({ id }, place) => [id, place]));
  return left.flatMap((from, place) => {
    const there = places.get(from.id);
    if (there === undefined) return [];
    const kind = there < place ? "up" : there > place ? "down" : "same";
    return [{ id: from.id, from, to: right[there], kind }];
  });
}
