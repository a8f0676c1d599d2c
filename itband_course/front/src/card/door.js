// The door between two stages of a case.

import { element, keepKeys } from "../dom.js";
import { clockTime, whenLate } from "./reply.js";

// The door between two stages: names what is still open, asks once, and says «Closed» only on the kernel's word.
function render({ model, el }) {
  const title = `«${model.get("title")}»`;
  const count = element("p", {});
  const unanswered = element("ul", { class: "itband-unanswered" });
  const what = element("p", { class: "itband-rule" },
    "Once it is closed you can read its answers, not change them, and the next questions open.");
  const button = (words, act) => {
    const made = element("button", { type: "button", class: "itband-button" }, words);
    made.addEventListener("click", act);
    return made;
  };
  const ask = button(`Close ${title} …`, () => { asking = true; draw(); yes.focus(); });
  const yes = button("Yes, close it for good", () => close());
  const no = button("Keep it open", () => { asking = false; draw(); ask.focus(); });
  const question = element("p", { class: "itband-prompt" });
  const sure = element("div", { class: "itband-sure", role: "group", "aria-label": `Close ${title} for good?` }, question,
    element("div", { class: "itband-buttons" }, yes, no));
  const status = element("p", { class: "itband-status", role: "status", tabindex: "-1" });
  el.classList.add("itband-card", "itband-door");
  const releaseKeys = keepKeys(el);
  el.replaceChildren(element("p", { class: "itband-prompt" }, `Close ${title}`), count, unanswered, what, ask, sure, status);

  let asking = false;
  let failure = "";
  let pending = null;

  function draw() {
    const state = model.get("state");
    const missing = state.questions - state.answered;
    const closed = Boolean(state.closed);
    count.textContent = state.waits || `${state.answered} of ${state.questions} questions of this part are answered.`
      + (missing && !closed ? " Still open:" : "");
    unanswered.replaceChildren(...state.open.map((prompt) => element("li", {}, prompt)));
    unanswered.hidden = closed || state.open.length === 0;
    what.hidden = closed;
    ask.hidden = closed || asking || Boolean(state.waits);
    sure.hidden = closed || !asking;
    question.textContent = missing
      ? `${missing === 1 ? "One question is" : `${missing} questions are`} not answered, and could not be answered later. Close it?`
      : "Every question is answered. Close it?";
    let text = "";
    if (closed) text = `Closed ${clockTime(state.closed)}. Its answers can be read, not changed. The next questions are open.`;
    else if (pending) text = "Saving…";
    else text = failure;
    el.dataset.state = closed ? "recorded" : failure ? "failed" : "open";
    if (status.textContent !== text) status.textContent = text;
  }

  function fail(nonce, message) {
    if (pending?.nonce !== nonce) return;
    clearInterval(pending.timer);
    pending = null;
    failure = message;
    draw();
  }

  function close() {
    const nonce = `door-${Date.now()}-${Math.random()}`;
    const notSaved = "NOT closed: press Run All, then close it again.";
    pending = { nonce, timer: whenLate(() => fail(nonce, notSaved)) };
    asking = false;
    failure = "";
    draw();
    status.focus(); // the buttons are gone, the keyboard's place must not be
    try {
      model.send({ type: "close", nonce });
    } catch {
      fail(nonce, notSaved);
    }
  }

  const onState = () => {
    if (pending && model.get("state").nonce === pending.nonce) {
      clearInterval(pending.timer);
      pending = null;
    }
    draw();
  };
  const onMessage = (message) => {
    if (message?.type === "failed") fail(message.nonce, message.message.replace("NOT saved", "NOT closed"));
  };
  model.on("change:state", onState);
  model.on("msg:custom", onMessage);
  draw();
  return () => {
    if (pending) clearInterval(pending.timer);
    releaseKeys();
    model.off("change:state", onState);
    model.off("msg:custom", onMessage);
  };
}

export default { render };
