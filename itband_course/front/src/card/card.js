// The browser's half of the question card. It never says «Recorded» on its own account: only the kernel's reply to
// this very click does.

import { citation, element, keepKeys } from "../dom.js";
import { clockTime, whenLate } from "./reply.js";
import { choiceRows } from "./rows.js";

const CONFIDENCES = [["sure", "Sure"], ["fairly", "Fairly sure"], ["guessing", "Guessing"]];
let cards = 0;

// The widget of one kind of question. Each kind has a file in kinds/, which says how it is drawn:
// `face(question, name, changed, redraw, picture)` returns the node, `read()`, the value that it shows now (null: nothing,
// undefined: nothing that can be recorded), and `show(value)`. `picture` is what the kernel draws beside the question.
// Native controls tell of a change by themselves, others call `changed`. A face may also say that it holds something not
// yet recorded (`unrecorded`), when an answer is whole enough to be explained (`whole`), why nothing was recorded
// (`refuse`), that its answer is a log, which only grows (`grows`), and hear what the kernel tells beside a recorded
// answer (`told`).
export function card(face) {
  return {
    render: ({ model, el }) => {
      try {
        return renderCard(face, { model, el });
      } catch (error) {
        // An empty place would look as if there were no question.
        el.replaceChildren(element("p", { class: "itband-sentence" }, "This question cannot be drawn here "
          + `(${error.message}). Press Run All; if that does not help, tell your instructor. Nothing of yours is lost.`));
        el.dataset.state = "failed";
        throw error;
      }
    },
  };
}

function pointsText(points) {
  return `${points} ${points === 1 ? "point" : "points"}`;
}

// What the kernel says of a recorded practice answer: mark, reason of each choice made, where to read.
function explanationNodes({ mark, word, reason, notes, path, reading }) {
  const sources = reading.map(citation);
  return [
    element("p", { class: "itband-mark", "data-verdict": mark }, element("strong", {}, `${word}.`), ` ${reason}`),
    ...notes.map((note) => element("div", { class: "itband-note", "data-verdict": note.verdict },
      element("p", { class: "itband-chosen" }, note.text),
      element("p", {}, element("strong", {}, `${note.word}.`), ` ${note.reason}`),
      ...(note.misconception ? [element("p", { class: "itband-idea" }, `The idea behind it: ${note.misconception}.`)] : []))),
    ...(path.length ? [element("p", { class: "itband-read" }, "How an expert might go"), element("ol", { class: "itband-expert" },
      ...path.map(({ text, missed }) => element("li", {}, text, ...(missed ? [element("p", {}, element("strong", {}, "Not in yours."), ` ${missed}`)] : []))))] : []),
    ...(sources.length ? [element("p", { class: "itband-read" }, "To read"), element("ul", {}, ...sources)] : []),
  ];
}

function renderCard(draws, { model, el }) {
  const question = model.get("question");
  const name = `itband-card-${cards += 1}-${question.id}`;
  const face = draws(question, name, () => onChange(), () => draw(), model.get("picture"));

  // Only a practice question has this entry, and only the kernel fills it, with the answer it has recorded.
  const isPractice = "explanation" in model.get("state");

  const rule = element("p", { class: "itband-rule", id: `${name}-rule` },
    `${isPractice ? "Practice · " : ""}${pointsText(question.points)} · ${question.rule}`);
  const legend = element("legend", { class: "itband-prompt" }, question.prompt);
  const answer = element("fieldset", { class: "itband-answer", "aria-describedby": rule.id }, legend, rule, face.node);

  const sureness = choiceRows("radio", `${name}-confidence`, CONFIDENCES.map(([id, text]) => ({ id, text })));
  const confidence = element("fieldset", { class: "itband-confidence" },
    element("legend", {}, "How sure are you? ", element("small", {}, "never marked")), sureness.node);
  const readConfidence = () => sureness.inputs.find((input) => input.checked)?.value ?? null;

  const status = element("p", { class: "itband-status", role: "status" });
  const clear = element("button", { type: "button", class: "itband-clear" }, face.grows ? "Begin again" : "Clear my answer");
  // What was done to a client cannot be cleared; in practice the client may be examined again.
  const foot = element("div", { class: "itband-foot" }, status, ...(face.grows && !isPractice ? [] : [clear]));

  const explanation = element("div", { class: "itband-explanation", "aria-live": "polite", tabindex: "-1" });
  let explained = "null"; // what it shows now, so that it is not read out again for nothing
  const finish = element("button", { type: "button", class: "itband-button" }, "Explain my answer");
  let finishedAt = -1; // the revision that the student asked to have explained before it was whole
  finish.addEventListener("click", () => {
    finishedAt = model.get("state").revision;
    draw();
    explanation.focus();
  });

  const notice = element("p", { class: "itband-notice" });
  const waiting = element("p", { class: "itband-waiting" });
  const body = element("div", {}, answer, confidence, foot, ...(isPractice ? [finish, explanation] : []));
  el.classList.add("itband-card");
  const releaseKeys = keepKeys(el);
  el.dataset.question = question.id;
  el.replaceChildren(notice, waiting, body);

  let pending = null; // what was sent and not yet confirmed: {nonce, value, confidence, timer}
  let failure = "";

  function draw() {
    const recorded = model.get("state");
    const gate = model.get("gate");
    const shown = pending ?? recorded;
    body.hidden = gate.is === "waiting";
    waiting.hidden = gate.is !== "waiting";
    waiting.textContent = gate.text;
    answer.disabled = confidence.disabled = gate.is === "closed";
    face.told?.(recorded.reply);
    face.show(shown.value, failure !== "");
    for (const input of sureness.inputs) input.checked = input.value === shown.confidence;
    const problem = failure || model.get("problem");
    let state = "open";
    let text = "Not answered";
    if (pending) [state, text] = ["saving", "Saving…"];
    else if (problem) [state, text] = ["failed", problem];
    else if (recorded.value !== null) [state, text] = ["recorded", `Recorded ${clockTime(recorded.time)}`];
    else if (recorded.confidence) text = "Not answered: choose an answer above";
    const unrecorded = pending || problem ? null : face.unrecorded?.();
    if (unrecorded) [state, text] = ["open", unrecorded];
    if (gate.is === "closed" && !pending) text = `${text}. ${gate.text}`;
    el.dataset.state = state;
    if (status.textContent !== text) status.textContent = text;
    clear.disabled = gate.is === "closed" || (shown.value === null && shown.confidence === null);
    notice.textContent = model.get("notice");
    notice.hidden = !notice.textContent;
    if (isPractice) explain(recorded);
  }

  function explain(recorded) {
    const isWhole = recorded.value !== null && (!face.whole || face.whole(recorded.value));
    const what = isWhole || recorded.revision === finishedAt ? recorded.explanation : null;
    finish.hidden = recorded.value === null || what !== null || pending !== null;
    explanation.toggleAttribute("data-old", pending !== null);
    const now = JSON.stringify(what ?? null);
    if (now === explained) return;
    explained = now;
    explanation.replaceChildren(...(what ? explanationNodes(what) : []));
  }

  function fail(nonce, message) {
    if (pending?.nonce !== nonce) return;
    clearInterval(pending.timer);
    pending = null;
    failure = message;
    draw();
  }

  function record(value, sure) {
    if (pending) clearInterval(pending.timer);
    const nonce = `${name}-${Date.now()}-${Math.random()}`;
    const notSaved = model.get("state").value === null
      ? "NOT saved: press Run All"
      : "NOT saved: press Run All. Above is your last recorded answer";
    pending = { nonce, value, confidence: sure, timer: whenLate(() => fail(nonce, notSaved)) };
    failure = "";
    draw();
    try {
      model.send({ type: "record", nonce, value, confidence: sure });
    } catch {
      fail(nonce, notSaved);
    }
  }

  function onChange() {
    const value = face.read();
    if (value === undefined) face.refuse();
    else record(value, readConfidence());
  }

  answer.addEventListener("change", onChange);
  confidence.addEventListener("change", () => {
    const value = face.read();
    record(value === undefined ? model.get("state").value : value, readConfidence());
  });
  clear.addEventListener("click", () => {
    record(null, null);
    // The button disappears, the keyboard's place must not.
    answer.querySelector("input, select, button:not(:disabled)").focus();
  });

  const onState = () => {
    // A reply to an earlier click: the later one is still on its way.
    if (pending && model.get("state").nonce !== pending.nonce) return;
    if (pending) clearInterval(pending.timer);
    pending = null;
    failure = "";
    draw();
  };
  const onMessage = (message) => {
    if (message?.type === "failed") fail(message.nonce, message.message);
  };
  model.on("change:state", onState);
  model.on("change:problem", draw);
  model.on("change:gate", draw);
  model.on("msg:custom", onMessage);
  draw();
  return () => {
    if (pending) clearInterval(pending.timer);
    releaseKeys();
    model.off("change:state", onState);
    model.off("change:problem", draw);
    model.off("change:gate", draw);
    model.off("msg:custom", onMessage);
  };
}
