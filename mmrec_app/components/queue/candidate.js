// One candidate of a ranker: picture, rank, probability, grades.

/** @import { GradingSession } from "../grading/session.js" */
/** @import { Candidate, QueueData } from "./data.js" */

import { GradeButtons } from "../grading/grade_buttons.js";
import { make, makeButton, setCaption } from "../shared/elements.js";
import { FramedPicture } from "../shared/pictures.js";

export class CandidateView {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    this.root = make("li", "candidate");
    this.root.dataset.id = id;
    this.pick = makeButton("pick", this.root);
    this.picture = new FramedPicture(this.pick);
    const body = make("div", "body", this.root);
    const line = make("div", "line", body);
    this.rank = make("span", "rank", line);
    this.value = make("span", "value", line);
    this.known = make("span", "known", line);
    this.caption = make("div", "caption", body);
    this.grades = new GradeButtons(body);
  }

  /**
   * @param {Candidate} candidate
   * @param {GradingSession<QueueData>} session
   */
  update(candidate, session) {
    const { query, words } = session.data;
    const grade = session.gradeOf(query.id, candidate.id);
    this.picture.show(candidate);
    this.pick.setAttribute("aria-label", `${candidate.rank}. ${candidate.alt}`);
    this.rank.textContent = candidate.rank;
    this.value.textContent = candidate.value;
    setCaption(this.caption, candidate);
    this.known.textContent = grade && candidate.known ? words[candidate.known] : "";
    this.known.className = candidate.known === "relevant" ? "known yes" : "known no";
    const { others } = session.judgementOf(query.id, candidate.id) ?? {};
    this.grades.update(grade, words, others);
  }

  /**
   * @param {boolean} here whether this is the chosen candidate
   * @param {boolean} twin whether it is the same picture in another column
   */
  mark(here, twin) {
    this.root.classList.toggle("here", here);
    this.root.classList.toggle("twin", twin);
  }
}
