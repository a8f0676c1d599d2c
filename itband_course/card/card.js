// The browser's half of the question card. It never says «Recorded» on its own account: only the kernel's reply to
// this very click does.

const LATE_MS = 3000; // no reply by then: the kernel is dead, busy or gone
const CONFIDENCES = [["sure", "Sure"], ["fairly", "Fairly sure"], ["guessing", "Guessing"]];
let cards = 0;

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function clockTime(iso) {
  return new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function pointsText(points) {
  return `${points} ${points === 1 ? "point" : "points"}`;
}

// One row for each choice; the whole row is clickable. `type` is "radio" or "checkbox".
function choiceRows(type, name, choices) {
  const inputs = choices.map((choice) => element("input", { type, name, value: choice.id }));
  const rows = choices.map((choice, index) =>
    element("label", { class: "itband-choice" }, inputs[index], element("span", {}, choice.text)));
  return { inputs, node: element("div", { class: "itband-choices" }, ...rows) };
}

// How each kind is drawn: the node, the value it shows now (null: nothing), and how to show a value.
const KINDS = {
  "one-of": (question, name) => {
    const { inputs, node } = choiceRows("radio", name, question.choices);
    return {
      node,
      read: () => inputs.find((input) => input.checked)?.value ?? null,
      show: (value) => inputs.forEach((input) => { input.checked = input.value === value; }),
    };
  },
  "many-of": (question, name) => {
    const { inputs, node } = choiceRows("checkbox", name, question.choices);
    return {
      node,
      read: () => {
        const ticked = inputs.filter((input) => input.checked).map((input) => input.value);
        return ticked.length ? ticked : null;
      },
      show: (value) => inputs.forEach((input) => { input.checked = (value ?? []).includes(input.value); }),
    };
  },
};

// What the kernel says of a recorded practice answer: mark, reason of each choice made, where to read.
function explanationNodes({ mark, word, reason, notes, reading }) {
  const sources = reading.map(({ cite, url }) => element("li", {}, cite,
    ...(url ? [" ", element("a", { href: url, target: "_blank", rel: "noopener" }, url)] : [])));
  return [
    element("p", { class: "itband-mark", "data-verdict": mark }, element("strong", {}, `${word}.`), ` ${reason}`),
    ...notes.map((note) => element("div", { class: "itband-note", "data-verdict": note.verdict },
      element("p", { class: "itband-chosen" }, note.text),
      element("p", {}, element("strong", {}, `${note.word}.`), ` ${note.reason}`),
      ...(note.misconception ? [element("p", { class: "itband-idea" }, `The idea behind it: ${note.misconception}.`)] : []))),
    ...(sources.length ? [element("p", { class: "itband-read" }, "To read"), element("ul", {}, ...sources)] : []),
  ];
}

function render({ model, el }) {
  const question = model.get("question");
  const name = `itband-card-${cards += 1}-${question.id}`;
  const face = KINDS[question.kind](question, name);

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
  const clear = element("button", { type: "button", class: "itband-clear" }, "Clear my answer");
  const foot = element("div", { class: "itband-foot" }, status, clear);

  const explanation = element("div", { class: "itband-explanation", "aria-live": "polite" });
  let explained = "null"; // what it shows now, so that it is not read out again for nothing

  const notice = element("p", { class: "itband-notice" });
  el.classList.add("itband-card");
  // Arrows and letters are the card's; Ctrl S and the like stay JupyterLab's. JupyterLab listens after
  // the card (so the card keeps the key to itself), Notebook 7 before it (so the card says at each key that it is its).
  const isOurs = (event) => !(event.ctrlKey || event.metaKey || event.altKey);
  const onKeyFirst = (event) => {
    // On the very element that has the focus: JupyterLab's own rules match that one first.
    if (el.contains(event.target)) event.target.toggleAttribute("data-lm-suppress-shortcuts", isOurs(event));
  };
  const onKeyLast = (event) => {
    if (isOurs(event)) event.stopPropagation();
  };
  window.addEventListener("keydown", onKeyFirst, true);
  el.addEventListener("keydown", onKeyLast);
  el.dataset.question = question.id;
  el.replaceChildren(notice, answer, confidence, foot, ...(isPractice ? [explanation] : []));

  let pending = null; // what was sent and not yet confirmed: {nonce, value, confidence, timer}
  let failure = "";

  function draw() {
    const recorded = model.get("state");
    const shown = pending ?? recorded;
    face.show(shown.value);
    for (const input of sureness.inputs) input.checked = input.value === shown.confidence;
    const problem = failure || model.get("problem");
    let state = "open";
    let text = "Not answered";
    if (pending) [state, text] = ["saving", "Saving…"];
    else if (problem) [state, text] = ["failed", problem];
    else if (recorded.value !== null) [state, text] = ["recorded", `Recorded ${clockTime(recorded.time)}`];
    else if (recorded.confidence) text = "Not answered: choose an answer above";
    el.dataset.state = state;
    if (status.textContent !== text) status.textContent = text;
    clear.disabled = shown.value === null && shown.confidence === null;
    notice.textContent = model.get("notice");
    notice.hidden = !notice.textContent;
    if (isPractice) explain(recorded.explanation);
  }

  function explain(what) {
    explanation.toggleAttribute("data-old", pending !== null);
    const now = JSON.stringify(what ?? null);
    if (now === explained) return;
    explained = now;
    explanation.replaceChildren(...(what ? explanationNodes(what) : []));
  }

  function fail(nonce, message) {
    if (pending?.nonce !== nonce) return;
    clearTimeout(pending.timer);
    pending = null;
    failure = message;
    draw();
  }

  function record(value, sure) {
    if (pending) clearTimeout(pending.timer);
    const nonce = `${name}-${Date.now()}-${Math.random()}`;
    const notSaved = model.get("state").value === null
      ? "NOT saved: press Run All"
      : "NOT saved: press Run All. Above is your last recorded answer";
    pending = { nonce, value, confidence: sure, timer: setTimeout(() => fail(nonce, notSaved), LATE_MS) };
    failure = "";
    draw();
    try {
      model.send({ type: "record", nonce, value, confidence: sure });
    } catch {
      fail(nonce, notSaved);
    }
  }

  answer.addEventListener("change", () => record(face.read(), readConfidence()));
  confidence.addEventListener("change", () => record(face.read(), readConfidence()));
  clear.addEventListener("click", () => {
    answer.querySelector("input").focus(); // the button disappears, the keyboard's place must not
    record(null, null);
  });

  const onState = () => {
    // A reply to an earlier click: the later one is still on its way.
    if (pending && model.get("state").nonce !== pending.nonce) return;
    if (pending) clearTimeout(pending.timer);
    pending = null;
    failure = "";
    draw();
  };
  const onMessage = (message) => {
    if (message?.type === "failed") fail(message.nonce, message.message);
  };
  model.on("change:state", onState);
  model.on("change:problem", draw);
  model.on("msg:custom", onMessage);
  draw();
  return () => {
    if (pending) clearTimeout(pending.timer);
    window.removeEventListener("keydown", onKeyFirst, true);
    el.removeEventListener("keydown", onKeyLast);
    model.off("change:state", onState);
    model.off("change:problem", draw);
    model.off("msg:custom", onMessage);
  };
}

export default { render };
