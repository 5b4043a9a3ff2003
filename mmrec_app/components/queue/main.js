// One query and each ranker's first candidates: arrow keys walk, 1 to 4 grade and move on.

/** @import { Component } from "../shared/component.js" */
/** @import { QueueData } from "./data.js" */
/** @import { Position } from "./positions.js" */

import { fillLegend, gradeOfKey, listenToKeys } from "../grading/keys.js";
import { GradingSession } from "../grading/session.js";
import { componentOf } from "../shared/component.js";
import { make } from "../shared/elements.js";
import { preload } from "../shared/pictures.js";
import { ColumnView } from "./column.js";
import { allPositions, nextWhere, stepped } from "./positions.js";
import { SidePane } from "./side_pane.js";

/** @type {Record<string, number>} */
const QUERY_STEPS = { j: 1, k: -1, ArrowRight: 1, ArrowLeft: -1 };
/** @type {Record<string, number>} */
const CANDIDATE_STEPS = { ArrowDown: 1, ArrowUp: -1 };

/** @type {Position} */
const NOWHERE = { column: 0, row: -1 };

class Queue {
  /**
   * @param {ShadowRoot} parent
   * @param {Component<QueueData>} component
   */
  constructor(parent, component) {
    listenToKeys(parent, (key) => this.onKey(key));
    this.outer = make("div", "outer", parent);
    this.session = new GradingSession(component, this.outer, () => this.refill());
    this.legend = make("div", "legend", this.outer);
    const board = make("div", "board", this.outer);
    this.side = new SidePane(board, this.session, () => this.goBack());
    const main = make("div", "main", board);
    this.tabs = make("div", "tabs", main);
    this.columnList = make("div", "columns", main);
    this.columnList.onclick = (event) => this.onClick(event);
    /** @type {ColumnView[]} */
    this.columns = [];
    this.position = NOWHERE;
    /** @type {Position | null} */
    this.graded = null;
    /** @type {Position | null} */
    this.origin = null;
  }

  /** @param {Component<QueueData>} component */
  update(component) {
    const { data } = component;
    this.session.update(component);
    fillLegend(this.legend, data.keys);
    if (this.outer.dataset.query !== data.query.id) {
      this.position = NOWHERE;
      this.graded = this.origin = null;
      this.session.forgetLast();
    }
    this.outer.dataset.query = data.query.id;
    this.side.updateQuery();
    preload(data.preload);
    this.columns = data.columns.map((_, index) => this.columns[index] ?? new ColumnView());
    for (const [index, column] of this.columns.entries()) {
      column.tab.onclick = () => {
        this.moveTo({ column: index, row: Math.max(0, this.position.row) });
      };
    }
    this.tabs.replaceChildren(...this.columns.map((column) => column.tab));
    this.columnList.replaceChildren(...this.columns.map((column) => column.root));
    this.fill();
    this.restorePosition();
  }

  fill() {
    const { columns, query, open } = this.session.data;
    const named =
      open || allPositions(this.lengths).every((position) => !this.isUngraded(position));
    this.side.updateFacts(named);
    for (const [index, column] of columns.entries()) {
      this.columns[index].update(column, this.session, named);
    }
    const { confirmation, last } = this.session;
    const place = this.graded && this.columns[this.graded.column]?.candidates[this.graded.row];
    if (last && last.pair.query !== query.id) this.side.form.append(confirmation.root);
    else if (last) place?.captioned.append(confirmation.root);
  }

  refill() {
    this.fill();
    this.choose(this.position);
  }

  restorePosition() {
    const { column, row } = this.position;
    const first = row < 0 && nextWhere(this.lengths, NOWHERE, (place) => this.isUngraded(place));
    const last = (this.lengths[column] ?? 0) - 1;
    this.choose(first || { column, row: Math.min(Math.max(row, 0), last) });
  }

  get lengths() {
    return this.session.data.columns.map((column) => column.cards.length);
  }

  /** @param {Position} position */
  candidateAt({ column, row }) {
    return this.session.data.columns[column]?.cards[row];
  }

  /** @param {Position} position */
  isUngraded(position) {
    const candidate = this.candidateAt(position);
    return this.session.gradeOf(this.session.data.query.id, candidate.id) === 0;
  }

  /** @param {Position} position */
  choose(position) {
    this.position = position;
    const chosen = this.candidateAt(position);
    for (const [index, column] of this.columns.entries()) {
      const active = index === position.column;
      column.setActive(active);
      for (const [row, candidate] of column.candidates.entries()) {
        const here = active && row === position.row;
        candidate.mark(here, candidate.id === chosen?.id && !here);
      }
    }
    this.side.updateCandidate(chosen);
  }

  /** @param {Position} position */
  moveTo(position) {
    this.choose(position);
    const candidate = this.columns[position.column]?.candidates[position.row];
    candidate?.root.scrollIntoView({ block: "nearest" });
  }

  /** Move to the next candidate without a grade, if there is one. */
  moveOn() {
    const next = nextWhere(this.lengths, this.position, (place) => this.isUngraded(place));
    if (next) this.moveTo(next);
  }

  /**
   * @param {Position} position
   * @param {number} grade 0 to take it back
   * @param {() => void} onGraded
   */
  grade(position, grade, onGraded) {
    const { query, columns } = this.session.data;
    const { id, place } = columns[position.column].cards[position.row];
    const { ranker } = columns[position.column];
    const pair = { query: query.id, candidate: id, ranker, rank: place };
    this.session.sendGrade(pair, grade, () => {
      this.graded = position;
      this.refill();
      onGraded();
    });
  }

  undo() {
    const pair = this.session.undo();
    if (!pair) return;
    const { columns } = this.session.data;
    const position = allPositions(this.lengths).find(
      ({ column, row }) =>
        columns[column].ranker === pair.ranker && columns[column].cards[row].id === pair.candidate,
    );
    if (position) this.graded = position;
    this.refill();
    if (position) this.moveTo(position);
  }

  /** Write a note on the chosen candidate; on the one just graded, if this one has no grade. */
  writeNote() {
    if (this.side.note.disabled && this.graded) {
      this.origin = this.position;
      this.moveTo(this.graded);
    }
    if (!this.side.note.disabled) this.side.note.focus();
  }

  /** Go back to where the note was asked for. */
  goBack() {
    if (this.origin) this.moveTo(this.origin);
    this.origin = null;
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const path = event.composedPath();
    for (const [column, { candidates }] of this.columns.entries()) {
      const row = candidates.findIndex(({ root }) => path.includes(root));
      if (row < 0) continue;
      const grade = candidates[row].grades.clicked(event);
      this.choose({ column, row });
      if (grade !== null) this.grade({ column, row }, grade, () => {});
    }
  }

  /**
   * @param {string} key
   * @returns {boolean} whether it means anything
   */
  onKey(key) {
    const grade = gradeOfKey(key);
    if (QUERY_STEPS[key] !== undefined) {
      this.session.send({ kind: "go", step: QUERY_STEPS[key] });
    } else if (CANDIDATE_STEPS[key] !== undefined) {
      this.moveTo(stepped(this.lengths, this.position, CANDIDATE_STEPS[key]));
    } else if (grade !== null && this.candidateAt(this.position)) {
      this.grade(this.position, grade, () => {
        if (grade > 0) this.moveOn();
      });
    } else if (key === "u") {
      this.undo();
    } else if (key === "m") {
      this.session.send({ kind: "go", to: "mine" });
    } else if (key === "n") {
      this.writeNote();
    } else if (key === "t") {
      this.side.tag.focus();
    } else if (key === "e") {
      this.side.explain();
    } else if (key === "o") {
      this.side.open();
    } else {
      return false;
    }
    return true;
  }
}

export default componentOf(Queue);
