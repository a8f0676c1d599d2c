// The browser's half of the question card. It never says «Recorded» on its own account: only the kernel's reply to
// this very click does.

const LATE_MS = 3000; // no reply by then: the kernel is dead, busy or gone
const TICK_MS = 100;
const CONFIDENCES = [["sure", "Sure"], ["fairly", "Fairly sure"], ["guessing", "Guessing"]];
let cards = 0;

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function drawn(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
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

// Act once LATE_MS have passed in which the page was free to hear a reply: while a picture is drawn by a slow machine, no
// tick passes. Returns what clearInterval takes.
function whenLate(act) {
  let left = LATE_MS / TICK_MS;
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) return;
    clearInterval(timer);
    act();
  }, TICK_MS);
  return timer;
}

// One row for each choice; the whole row is clickable. `type` is "radio" or "checkbox".
function choiceRows(type, name, choices) {
  const inputs = choices.map((choice) => element("input", { type, name, value: choice.id }));
  const rows = choices.map((choice, index) =>
    element("label", { class: "itband-choice" }, inputs[index], element("span", {}, choice.text)));
  return { inputs, node: element("div", { class: "itband-choices" }, ...rows) };
}

// A number as a person writes it: comma or point, any minus, the unit if they like. NaN where it is none.
function parseNumber(text, unit) {
  const bare = text.trim().replace(new RegExp(`${unit.replace(/[^\w]/g, "\\$&")}$`), "").trim()
    .replace(/^[−–]/, "-").replace(",", ".");
  return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(bare) ? Number(bare) : NaN;
}

function numberText(value, unit) {
  return `${String(value).replace("-", "−")}${unit === "°" ? "" : "\u202f"}${unit}`;
}

// How each kind is drawn: the node, the value it shows now (null: nothing, undefined: nothing that can be recorded),
// and how to show a value. `picture` is what the kernel draws beside the question. Native controls tell of a change by themselves, others call `changed`. A face may also say
// that it holds something not yet recorded (`unrecorded`), and when an answer is whole enough to be explained (`whole`).
const KINDS = {
  "number": (question, name, changed, redraw) => {
    const hint = element("p", { class: "itband-hint", id: `${name}-hint`, role: "status" });
    const input = element("input", {
      type: "text", inputmode: "decimal", autocomplete: "off", "aria-describedby": hint.id, id: `${name}-number`,
    });
    const [low, high] = question.plausible;
    let shown = null;
    const read = () => {
      if (input.value.trim() === "") return null;
      const value = parseNumber(input.value, question.unit);
      return Number.isNaN(value) ? undefined : value;
    };
    const say = (text) => { if (hint.textContent !== text) hint.textContent = text; };
    const explain = () => {
      if (read() === undefined) say("Not recorded: write a number, such as 12 or 12.5.");
      else if (shown !== null && (shown < low || shown > high)) {
        say(`Check sign and unit: from ${numberText(low, "")} to ${numberText(high, question.unit)} is plausible here.`);
      } else say("");
    };
    input.addEventListener("input", () => {
      say(read() === shown ? "" : "Press Enter or leave the box to record it.");
      redraw();
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && read() !== shown) changed();
    });
    input.addEventListener("change", (event) => {
      // Enter has recorded it already.
      if (read() === shown) event.stopPropagation();
    });
    return {
      node: element("div", { class: "itband-number" },
        element("label", { for: input.id }, `Your answer in ${question.unit === "°" ? "degrees (°)" : question.unit}`),
        input, hint),
      read,
      show: (value, force) => {
        // Whoever goes on typing must not have the box changed under their hands.
        const typing = document.activeElement === input && !force;
        shown = value;
        if (!typing) input.value = value === null ? "" : String(value).replace("-", "−");
        if (!typing || read() === shown) explain();
      },
      refuse: explain,
      unrecorded: () => (read() === shown ? null
        : shown === null ? "Not recorded yet" : `Not recorded yet. Recorded so far: ${numberText(shown, question.unit)}`),
    };
  },
  "order": (question, name, changed) => {
    const hint = element("p", { class: "itband-hint", role: "status" });
    const used = element("ol", { class: "itband-used", "aria-label": "Your order" });
    const pool = element("ul", { class: "itband-pool", "aria-label": "Steps to choose from" });
    const empty = element("p", { class: "itband-empty" }, "No step yet: press a step below, or drag it here.");
    const done = element("p", { class: "itband-empty" }, "Every step is in your order.");
    const text = Object.fromEntries(question.steps.map((step) => [step.id, step.text]));
    let order = [];
    let dragged = null;

    const put = (step, place, focus, said) => {
      const rest = order.filter((other) => other !== step);
      order = place === null ? rest : [...rest.slice(0, place), step, ...rest.slice(place)];
      build();
      hint.textContent = said ?? (place === null
        ? `Taken out: ${text[step]}` : `Step ${order.indexOf(step) + 1} of ${order.length}: ${text[step]}`);
      focusOn(step, focus);
      changed();
    };
    const focusOn = (step, action) => {
      const row = node.querySelector(`[data-step="${step}"]`);
      const wanted = row?.querySelector(`button[data-action="${action}"]:not(:disabled)`) ?? row?.querySelector("button:not(:disabled)");
      wanted?.focus();
    };
    const button = (action, sign, label, act) => {
      const made = element("button", { type: "button", "data-action": action, "aria-label": label, title: label }, sign);
      made.addEventListener("click", act);
      return made;
    };
    const draggable = (row, step) => {
      row.draggable = true;
      row.addEventListener("dragstart", (event) => {
        if (node.closest("fieldset").disabled) { event.preventDefault(); return; }
        dragged = step;
        event.dataTransfer.setData("text/plain", text[step]);
        event.dataTransfer.effectAllowed = "move";
      });
      row.addEventListener("dragend", () => { dragged = null; mark(null); });
    };
    const mark = (row, below) => {
      for (const other of node.querySelectorAll("[data-drop]")) other.removeAttribute("data-drop");
      if (row) row.dataset.drop = below ? "below" : "above";
    };
    const isBelow = (event, row) => {
      const box = row.getBoundingClientRect();
      return event.clientY > box.top + box.height / 2;
    };
    function build() {
      used.replaceChildren(...order.map((step, place) => {
        const up = button("up", "↑", `Move up: ${text[step]}`, () => put(step, place - 1, "up"));
        const down = button("down", "↓", `Move down: ${text[step]}`, () => put(step, place + 1, "down"));
        up.disabled = place === 0;
        down.disabled = place === order.length - 1;
        const out = button("out", "✕", `Take out: ${text[step]}`, () => put(step, null, "in"));
        const row = element("li", { "data-step": step, class: "itband-step" },
          element("span", { class: "itband-place", "aria-hidden": "true" }, `${place + 1}`),
          element("span", { class: "itband-steptext" }, text[step]), up, down, out);
        draggable(row, step);
        row.addEventListener("dragover", (event) => {
          if (dragged === null) return;
          event.preventDefault();
          event.stopPropagation();
          mark(row, isBelow(event, row));
        });
        row.addEventListener("drop", (event) => {
          if (dragged === null) return;
          event.preventDefault();
          event.stopPropagation();
          const rest = order.filter((other) => other !== dragged);
          const target = step === dragged ? place : rest.indexOf(step) + (isBelow(event, row) ? 1 : 0);
          put(dragged, target, "up");
        });
        return row;
      }));
      pool.replaceChildren(...question.steps.filter((step) => !order.includes(step.id)).map((step) => {
        const add = element("button", { type: "button", "data-action": "in", class: "itband-add" },
          element("span", { "aria-hidden": "true" }, "+"), element("span", {}, step.text));
        add.addEventListener("click", () => {
          const next = [...pool.children].map((row) => row.dataset.step);
          const after = next[next.indexOf(step.id) + 1] ?? next[next.indexOf(step.id) - 1];
          put(step.id, order.length, "up");
          // The next step to choose is under the same finger, or one Tab away.
          if (after) focusOn(after, "in");
        });
        const row = element("li", { "data-step": step.id }, add);
        draggable(row, step.id);
        return row;
      }));
      empty.hidden = order.length > 0;
      used.hidden = order.length === 0;
      done.hidden = pool.children.length > 0;
      pool.hidden = pool.children.length === 0;
    }
    const head = (words) => element("p", { class: "itband-head", "aria-hidden": "true" }, words);
    const top = element("div", { class: "itband-drop" }, head("Your order"), empty, used);
    const bottom = element("div", { class: "itband-drop" }, head("Steps to choose from"), done, pool);
    for (const [zone, place] of [[top, () => order.length], [bottom, () => null]]) {
      zone.addEventListener("dragover", (event) => { if (dragged !== null) { event.preventDefault(); mark(null); } });
      zone.addEventListener("drop", (event) => {
        if (dragged === null) return;
        event.preventDefault();
        const out = place();
        put(dragged, out === null ? null : order.filter((other) => other !== dragged).length, out === null ? "in" : "up");
      });
    }
    const node = element("div", { class: "itband-order" }, top, bottom, hint);
    build();
    return {
      node,
      read: () => (order.length ? [...order] : null),
      whole: () => false, // only the student knows when an order is finished
      show: (value) => {
        if (JSON.stringify(value ?? []) === JSON.stringify(order)) return;
        order = (value ?? []).filter((step) => step in text);
        hint.textContent = "";
        build();
      },
    };
  },
  "match": (question, name) => {
    const selects = question.rows.map((row, number) => element("select", { id: `${name}-row-${number}` },
      element("option", { value: "" }, "Choose…"),
      ...question.choices.map((choice) => element("option", { value: choice.id }, choice.text))));
    // A narrow box cuts long choices: below it the chosen one stands in full.
    const inFull = selects.map(() => element("p", { class: "itband-full", "aria-hidden": "true" }));
    const rows = question.rows.map((row, number) => element("div", { class: "itband-pair" },
      element("label", { for: selects[number].id }, row.text), selects[number], inFull[number]));
    return {
      node: element("div", { class: "itband-match" }, ...rows),
      read: () => {
        const made = question.rows.map((row, number) => [row.id, selects[number].value]).filter(([, choice]) => choice);
        return made.length ? Object.fromEntries(made) : null;
      },
      whole: (value) => question.rows.every((row) => row.id in value),
      show: (value) => question.rows.forEach((row, number) => {
        selects[number].value = value?.[row.id] ?? "";
        inFull[number].textContent = selects[number].value ? selects[number].selectedOptions[0].textContent : "";
      }),
    };
  },
  "triage": (question, name) => {
    const scales = question.scales.map((scale) => {
      const { inputs, node } = choiceRows("radio", `${name}-${scale.id}`, scale.levels);
      return { id: scale.id, inputs, node: element("fieldset", { class: "itband-scale" }, element("legend", {}, scale.title), node) };
    });
    return {
      node: element("div", { class: "itband-triage" }, ...scales.map((scale) => scale.node)),
      read: () => {
        const made = scales.map((scale) => [scale.id, scale.inputs.find((input) => input.checked)?.value])
          .filter(([, level]) => level);
        return made.length ? Object.fromEntries(made) : null;
      },
      whole: (value) => scales.every((scale) => scale.id in value),
      show: (value) => scales.forEach((scale) => scale.inputs.forEach((input) => {
        input.checked = value?.[scale.id] === input.value;
      })),
    };
  },
  "hotspot": (question, name, _changed, _redraw, picture) => {
    const most = { point: 1, pair: 2 }[question.mode] ?? Infinity;
    const rows = {}; // by place: its row, input and words
    const drawings = {}; // by place: what shows it on the picture, once for each view that has it
    const nothing = question.nothing?.id;
    const list = (choices) => {
      const { inputs, node } = choiceRows(question.mode === "point" ? "radio" : "checkbox", `${name}-place`, choices);
      choices.forEach((choice, index) => {
        const row = node.children[index];
        const other = choice.id.replace(/^(left|right)-/, (side) => (side === "left-" ? "right-" : "left-"));
        // Both sides of a place stand side by side, where there is room for two columns.
        row.toggleAttribute("data-alone", other === choice.id || !choices.some((one) => one.id === other));
        rows[choice.id] = { row, input: inputs[index], text: choice.text };
      });
      return node;
    };
    const single = question.views.length === 1;
    const groups = question.views.filter((view) => view.places.length).map((view) => (single
      ? list(view.places)
      : element("fieldset", { class: "itband-scale" }, element("legend", {}, view.title), list(view.places))));
    if (question.nothing) groups.push(list([question.nothing]));

    const hint = element("p", { class: "itband-hint", role: "status" });
    const pointed = element("p", { class: "itband-pointed", "aria-hidden": "true" });
    const checked = () => Object.keys(rows).filter((place) => rows[place].input.checked);

    // A place is lit on the picture and in the list at once, wherever pointer or keyboard is.
    const light = (place, on, say) => {
      for (const { area } of drawings[place] ?? []) area.toggleAttribute("data-lit", on);
      rows[place].row.toggleAttribute("data-lit", on);
      if (say) pointed.textContent = on ? rows[place].text : "";
    };
    const mark = () => {
      const chosen = checked();
      for (const [place, shapes] of Object.entries(drawings)) {
        for (const { area, dot } of shapes) {
          area.toggleAttribute("data-chosen", chosen.includes(place));
          dot.toggleAttribute("data-chosen", chosen.includes(place));
        }
      }
      const words = chosen.map((place) => rows[place].text).join("; ");
      const asked = { point: "Choose one place", pair: "Choose two places" }[question.mode] ?? "Choose any number of places";
      const more = question.mode === "pair" && chosen.length === 1 ? ". One more place" : "";
      const text = words ? `Chosen: ${words}${more}` : `${asked}, on the picture or in the list.`;
      if (hint.textContent !== text) hint.textContent = text;
    };

    const views = (picture?.views ?? []).map((view, number) => {
      const [left, top, width, height] = view.box;
      const clip = `${name}-clip-${number}`;
      const hatch = `${name}-hatch-${number}`;
      const step = height / 70; // the hatching is as wide on every picture, however much of the body it shows
      const stripes = drawn("pattern", {
        id: hatch, width: step, height: step, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)",
      }, drawn("rect", { class: "itband-between", width: step, height: step }),
      drawn("rect", { class: "itband-stripe", width: step * 0.55, height: step }));
      const areas = [];
      const dots = [];
      for (const place of view.places) {
        const area = drawn("path", { class: "itband-area", d: place.path, "data-place": place.id, "fill-rule": "evenodd" });
        area.style.setProperty("--itband-hatch", `url(#${hatch})`);
        // A place that is small on the picture can also be hit just beside its border.
        const hit = place.small ? [drawn("path", { class: "itband-hit", d: place.path })] : [];
        const shape = drawn("g", {}, ...hit, area);
        const dot = drawn("circle", { class: "itband-dot", cx: place.at[0], cy: place.at[1], r: height / 90 });
        shape.addEventListener("click", () => rows[place.id].input.click());
        shape.addEventListener("pointerenter", () => light(place.id, true, true));
        shape.addEventListener("pointerleave", () => light(place.id, false, true));
        areas.push(shape);
        dots.push(dot);
        (drawings[place.id] ??= []).push({ area, dot });
      }
      const svg = drawn("svg", {
        role: "img", viewBox: view.box.join(" "),
        "aria-label": `${view.shows}. ${view.title}: ${view.turned}. The places are in the list.`,
      },
      drawn("defs", {}, stripes, drawn("clipPath", { id: clip }, drawn("rect", { x: left, y: top, width, height }))),
      drawn("g", { "clip-path": `url(#${clip})` },
        drawn("path", { class: "itband-skin", d: view.outline, "fill-rule": "evenodd" }),
        drawn("path", { class: "itband-top", d: view.top, "fill-rule": "evenodd" }),
        drawn("path", { class: "itband-shorts", d: view.shorts, "fill-rule": "evenodd" }),
        ...areas, ...dots));
      svg.style.setProperty("--itband-wide", width / height);
      return element("figure", { class: "itband-view" }, svg,
        element("figcaption", {}, view.title, element("small", {}, view.turned),
          ...(view.credit ? [element("small", { class: "itband-credit" }, view.credit)] : [])));
    });
    const map = element("div", { class: "itband-map" }, ...views);
    // All views at one scale, two of them beside each other.
    const wide = (picture?.views ?? []).map((view) => view.box[2]);
    const widest = Math.max(...wide.map((width, number) => width + (number % 2 ? wide[number - 1] : wide[number + 1] ?? 0)));
    views.forEach((view, number) => {
      view.style.setProperty("--itband-share", wide[number] / widest);
      view.style.setProperty("--itband-alone", wide[number] / Math.max(...wide));
    });
    const places = element("div", { class: "itband-list" }, ...groups);

    for (const [place, { row, input }] of Object.entries(rows)) {
      row.addEventListener("pointerenter", () => light(place, true, true));
      row.addEventListener("pointerleave", () => light(place, false, true));
      input.addEventListener("focus", () => light(place, input.matches(":focus-visible")));
      input.addEventListener("blur", () => light(place, false));
      input.addEventListener("change", (event) => {
        // «Nothing to mark» and a place exclude each other: the later one holds.
        for (const other of checked()) {
          if (input.checked && other !== place && (place === nothing || other === nothing)) rows[other].input.checked = false;
        }
        const many = checked().length;
        if (many > most) {
          input.checked = false;
          event.stopPropagation();
          hint.textContent = `${rows[place].text} is not taken: two places are chosen already. Take one of them out first.`;
          return;
        }
        mark();
      });
    }
    const node = element("div", { class: "itband-hotspot", "data-views": views.length > 1 ? "many" : "one" },
      element("div", { class: "itband-shown" }, map, pointed), places, hint);
    (picture?.paint ?? []).forEach((paint, dark) => {
      for (const [what, colour] of Object.entries(paint)) {
        node.style.setProperty(`--itband-${what}-${dark ? "dark" : "light"}`, colour);
      }
    });
    mark();
    return {
      node,
      read: () => (checked().length ? checked() : null),
      whole: (value) => value.length === most || value.includes(nothing), // else only the student knows
      show: (value) => {
        for (const [place, { input }] of Object.entries(rows)) input.checked = (value ?? []).includes(place);
        mark();
      },
    };
  },
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

// Arrows and letters are the card's; Ctrl S and the like stay JupyterLab's. JupyterLab listens after the card (so the
// card keeps the key to itself), Notebook 7 before it (so the card says at each key that it is its). Returns the undoing.
function keepKeys(el) {
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
  return () => {
    window.removeEventListener("keydown", onKeyFirst, true);
    el.removeEventListener("keydown", onKeyLast);
  };
}

function render({ model, el }) {
  return model.get("question") ? renderCard({ model, el }) : renderDoor({ model, el });
}

function renderCard({ model, el }) {
  const question = model.get("question");
  const name = `itband-card-${cards += 1}-${question.id}`;
  const face = KINDS[question.kind](question, name, () => onChange(), () => draw(), model.get("picture"));

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

// The door between two stages: names what is still open, asks once, and says «Closed» only on the kernel's word.
function renderDoor({ model, el }) {
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
