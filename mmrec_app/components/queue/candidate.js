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
    this.captioned = make("div", "captioned", body);
    this.caption = make("div", "caption", this.captioned);
    this.grades = new GradeButtons(body);
  }

  /**
   * @param {Candidate} candidate
   * @param {GradingSession<QueueData>} session
   */
  update(candidate, session) {
    const { query, words } = session.data;
    const grade = session.gradeOf(query.id, candidate.id);
    const open = grade > 0 || session.data.open;
    this.picture.show(open ? candidate : { ...candidate, tip: candidate.caption });
    this.pick.setAttribute("aria-label", `${candidate.rank}. ${candidate.alt}`);
    this.rank.textContent = candidate.rank;
    this.value.textContent = open ? candidate.value : "";
    setCaption(this.caption, candidate);
    this.known.textContent = open && candidate.known ? words[candidate.known] : "";
    this.known.className = candidate.known === "relevant" ? "known yes" : "known no";
    this.grades.update(grade, words, session.othersOn(query.id, candidate.id));
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
