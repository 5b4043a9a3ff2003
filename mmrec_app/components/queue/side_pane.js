// Beside the columns: the query, and the chosen candidate with the visitor's note and tags.

/** @import { GradingSession } from "../grading/session.js" */
/** @import { Picture } from "../grading/data.js" */
/** @import { Candidate, QueueData } from "./data.js" */

import { make, makeButton, setCaption } from "../shared/elements.js";
import { FramedPicture, absolute } from "../shared/pictures.js";

export class SidePane {
  /** @type {Candidate | undefined} */
  candidate;

  /**
   * @param {HTMLElement} parent
   * @param {GradingSession<QueueData>} session
   * @param {() => void} onNoted called when the field of the note is left
   */
  constructor(parent, session, onNoted) {
    this.session = session;
    this.root = make("div", "pane", parent);
    this.query = new LargePicture("query", this.root);
    this.chosen = new LargePicture("chosen", this.root);
    this.form = make("div", "say", this.root);
    this.note = make("input", "field note", this.form);
    this.note.type = "text";
    this.tags = make("div", "tags", this.form);
    this.tag = make("input", "field tag", this.tags);
    this.tag.type = "text";
    this.tag.setAttribute("list", "known-tags");
    this.knownTags = make("datalist", "", this.tags);
    this.knownTags.id = "known-tags";
    this.openLink = make("a", "plain open", this.form);
    this.explainButton = makeButton("plain open", this.form);
    this.explainButton.onclick = () => this.explain();
    this.facts = make("div", "facts", make("div", "about", this.root));
    this.note.onchange = () => this.sendNote();
    this.note.onblur = () => onNoted();
    this.note.onkeydown = (event) => leaveOnKey(event, this.note);
    this.tag.onkeydown = (event) => {
      if (event.key === "Enter") this.sendTag();
      leaveOnKey(event, this.tag);
    };
  }

  updateQuery() {
    const { query, words } = this.session.data;
    this.query.update({ ...query, tip: query.caption }, words.query);
  }

  /** @param {boolean} answered whether the query's relevance may show */
  updateFacts(answered) {
    const { facts, answers } = this.session.data;
    this.facts.replaceChildren();
    for (const [name, value] of answered ? [...facts, ...answers] : facts) {
      make("span", "", this.facts, name);
      make("b", "", this.facts, value);
    }
  }

  /** @param {Candidate | undefined} candidate the chosen one */
  updateCandidate(candidate) {
    this.candidate = candidate;
    this.chosen.root.hidden = this.form.hidden = !candidate;
    if (!candidate) return;
    const { data } = this.session;
    const { words, query } = data;
    this.chosen.update({ ...candidate, tip: candidate.caption }, words.candidate);
    const graded = this.session.gradeOf(query.id, candidate.id) > 0;
    this.note.placeholder = graded ? words.note : words.note_first;
    this.note.setAttribute("aria-label", words.note);
    this.note.maxLength = data.note_length;
    this.note.disabled = !graded;
    if (!this.note.matches(":focus")) this.note.value = this.savedNote(candidate);
    this.updateTags(candidate);
    this.openLink.textContent = words.open;
    this.explainButton.textContent = words.explain;
    this.openLink.href = absolute(candidate.href);
  }

  /** @param {Candidate} candidate */
  updateTags(candidate) {
    const { words, tags, known_tags, tag_length } = this.session.data;
    this.tag.placeholder = words.tag;
    this.tag.setAttribute("aria-label", words.tag);
    this.tag.maxLength = tag_length;
    for (const chip of this.tags.querySelectorAll(".chip")) chip.remove();
    for (const tag of tags[candidate.id] ?? []) {
      const chip = makeButton("chip", undefined, tag, `${words.untag} ${tag}`);
      chip.onclick = () => this.session.send({ kind: "untag", candidate: candidate.id, tag });
      this.tag.before(chip);
    }
    const options = known_tags.map((tag) => new Option("", tag));
    this.knownTags.replaceChildren(...options);
  }

  /** @param {Candidate} candidate */
  savedNote(candidate) {
    return this.session.judgementOf(this.session.data.query.id, candidate.id)?.note ?? "";
  }

  sendNote() {
    const { candidate, note } = this;
    if (!candidate || note.disabled || note.value.trim() === this.savedNote(candidate)) return;
    const query = this.session.data.query.id;
    this.session.send({ kind: "note", query, candidate: candidate.id, note: note.value });
  }

  sendTag() {
    if (!this.candidate || !this.tag.value.trim()) return;
    const { id } = this.candidate;
    const tag = this.tag.value;
    this.tag.value = "";
    this.session.asReviewer(() => this.session.send({ kind: "tag", candidate: id, tag }));
  }

  /** Ask for regions and words of the query and the chosen candidate. */
  explain() {
    const { candidate, session } = this;
    if (!candidate) return;
    session.send({ kind: "explain", query: session.data.query.id, candidate: candidate.id });
  }

  open() {
    if (this.candidate) this.openLink.click();
  }
}

class LargePicture {
  /**
   * @param {"query" | "chosen"} name
   * @param {HTMLElement} parent
   */
  constructor(name, parent) {
    this.root = make("figure", `big ${name}`, parent);
    this.picture = new FramedPicture(this.root);
    const text = make("figcaption", "", this.root);
    this.role = make("div", "role", text);
    this.caption = make("div", "caption", text);
  }

  /**
   * @param {Picture} picture
   * @param {string} role
   */
  update(picture, role) {
    this.picture.show(picture);
    this.role.textContent = role;
    setCaption(this.caption, picture);
  }
}

/**
 * Enter and Escape give the keys back to the page.
 *
 * @param {KeyboardEvent} event
 * @param {HTMLElement} field
 */
function leaveOnKey(event, field) {
  if (event.key === "Enter" || event.key === "Escape") field.blur();
}
