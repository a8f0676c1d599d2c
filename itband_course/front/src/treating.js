// Techniques on the body map of a client: where each is usual, where only lightly or in part, where not, and why. What
// holds for a client the kernel says, by the rules that judge a plan; technique and place are chosen without it.

import { bodyMap } from "./card/bodymap.js";
import { whenLate } from "./card/reply.js";
import { button, capital, citation, drawn, element, keepKeys, put } from "./dom.js";

const FITS = {
  "as-usual": { sign: "✓" }, // in words: each technique's own
  less: { sign: "◐", words: "only in part" },
  not: { sign: "✕", words: "not here" },
  elsewhere: { sign: "", words: "not usual here" },
  hidden: { sign: "?", words: "decide first" },
};
const LATE = "The course does not answer, so what you see is of the client before. Press Run All. Nothing of yours is lost.";

function render({ model, el }) {
  const name = `itband-techniques-${Math.random().toString(36).slice(2, 9)}`;
  const start = model.get("start");
  const techniques = model.get("techniques");
  const places = model.get("places");
  const placeText = Object.fromEntries(places.map((place) => [place.id, place.text]));
  const task = model.get("task") ? { place: start.place, judged: new Set(), fits: "", not: "" } : null;
  let late = null;

  el.classList.add("itband-card", "itband-techniques");

  // --- the client

  const knee = select(`${name}-knee`, model.get("knees").map((one) => [one.id, one.text]), start.knee);
  const also = model.get("also").map((one) => {
    const input = element("input", { type: "checkbox", value: one.id });
    input.checked = start.also.includes(one.id);
    return { input, row: element("label", { class: "itband-choice" }, input, element("span", {}, one.text)) };
  });
  const client = element("fieldset", { class: "itband-client" },
    element("legend", { class: "itband-head" }, "Your client"),
    labelled("The right outer knee", knee),
    element("div", { class: "itband-choices" }, ...also.map(({ row }) => row)));
  const decided = element("div", { class: "itband-decided", role: "status" });

  // --- technique and place

  const families = [...new Set(techniques.map((one) => one.family))];
  const technique = element("select", { id: `${name}-technique` }, ...families.map((family) => element("optgroup",
    { label: family },
    ...techniques.filter((one) => one.family === family).map((one) => element("option", { value: one.id }, one.name)))));
  technique.value = start.technique;
  const place = select(`${name}-place`, [["", "No place chosen"], ...places.map((one) => [one.id, one.text])], start.place);
  const picks = element("div", { class: "itband-picks" }, labelled("Technique", technique), labelled("Place", place));

  const map = bodyMap(model.get("picture"), name, {
    choose: (id) => { place.value = place.value === id ? "" : id; draw(); },
    light: (id, on) => {
      for (const { area } of map.drawings[id] ?? []) area.toggleAttribute("data-lit", on);
      put(pointed, on ? `${placeText[id]}: ${words(fit(id))}` : "");
    },
  });
  const signs = {};
  for (const [id, shapes] of Object.entries(map.drawings)) {
    signs[id] = shapes.map(({ dot }) => {
      const sign = drawn("text", { class: "itband-sign", x: dot.getAttribute("cx"), y: dot.getAttribute("cy") });
      sign.style.fontSize = `${Number(dot.getAttribute("r")) * 3.4}px`;
      dot.after(sign);
      return sign;
    });
  }
  const pointed = element("p", { class: "itband-pointed", "aria-hidden": "true" });
  const key = element("p", { class: "itband-key", "aria-hidden": "true" }, ...["as-usual", "less", "not"].map((one) =>
    element("span", { "data-fit": one }, element("b", {}, FITS[one].sign), ` ${one === "as-usual" ? "usual or taught here" : FITS[one].words}`)),
  element("span", {}, "blank: not usual here"));

  const verdict = element("div", { class: "itband-verdict", role: "status" });
  const about = element("div", { class: "itband-about" });
  const asked = element("div", { class: "itband-task" });
  const reply = element("p", { class: "itband-hint", role: "status" });

  // --- what holds

  const told = () => model.get("told");
  const chosen = () => techniques.find(({ id }) => id === technique.value);
  const words = (which) => FITS[which].words ?? chosen().here;
  const reach = (id, which = technique.value) => told().reach[which][id];
  const isTask = () => task && !task.done && place.value === task.place && isStart();
  const isStart = () => knee.value === start.knee
    && also.every(({ input }) => input.checked === start.also.includes(input.value));
  const fit = (id) => (isTask() && id === task.place && !task.judged.has(technique.value) ? "hidden" : reach(id).fit);
  const reasons = (numbers) => numbers.map((number) => {
    const why = told().whys[number];
    return paragraph(`${why.text}. ${why.reason}`, why.rests);
  });

  function draw() {
    const { hands, who, rules, session } = told();
    decided.replaceChildren(element("p", {}, element("b", {}, `${hands}.`), ` ${who}.`),
      ...rules.map((rule) => paragraph(`${rule.name}: ${rule.says}${rule.tell ? ` ${rule.tell}` : ""}`, rule.rests)));
    el.toggleAttribute("data-no-session", !session);
    for (const [id, shapes] of Object.entries(map.drawings)) {
      for (const { area } of shapes) {
        area.dataset.fit = fit(id);
        area.toggleAttribute("data-chosen", id === place.value);
      }
      for (const sign of signs[id]) put(sign, FITS[fit(id)].sign);
    }
    drawTask();
    drawVerdict();
    drawAbout();
  }

  function drawVerdict() {
    const id = place.value;
    if (!id) {
      verdict.replaceChildren(element("p", {}, "Choose a place, on the picture or in the list, to read what holds there."));
      return;
    }
    const now = fit(id);
    const at = element("p", { "data-fit": now }, element("b", {}, `${placeText[id]}: ${words(now)}`),
      reach(id).pressure && now !== "hidden" && now !== "not" ? `, ${reach(id).pressure}.` : ".");
    const why = now === "hidden" ? [] : reasons(reach(id).why);
    if (now === "elsewhere") why.push(element("p", {}, "No rule forbids it, and nothing asks for it: the course does not use it here."));
    verdict.replaceChildren(at, ...why);
  }

  function drawAbout() {
    const one = chosen();
    const fact = (title, ...told) => (told.filter(Boolean).length
      ? [element("dt", {}, title), element("dd", {}, told.filter(Boolean).join(" "))] : []);
    const grouped = ["as-usual", "less", "not"].flatMap((which) => {
      const here = places.filter(({ id }) => fit(id) === which);
      if (!here.length) return [];
      return [element("dt", {}, `${FITS[which].sign} ${words(which)}`), ...byReason(here)];
    });
    const disputes = one.disputes.map((dispute) => element("div", { class: "itband-dispute" },
      element("p", {}, element("b", {}, `Sources disagree: ${dispute.name}`)),
      element("ul", {}, ...dispute.sides.map((side) => element("li", {}, ...cited(side.says, side.rests)))),
      element("p", {}, `What this course does: ${dispute.course}`)));
    about.replaceChildren(
      element("p", { class: "itband-head" }, one.name),
      element("dl", {},
        ...fact("Aim, as taught", one.aim), ...fact("How", one.how), ...fact("Direction", one.direction),
        ...fact("Pressure", one.pressure && `${one.pressure.replace("pressure ", "")}, in a client without findings`),
        ...fact("How long", one.dose.join("; ") || "no dose is taught"),
        ...fact("How sure", [one.basis, one.varies].filter(Boolean).join(". ")),
        ...fact("In general not", ...one.where_not)),
      element("p", { class: "itband-head" }, "In this client, place by place"),
      element("dl", {}, ...grouped,
        ...(one.off_the_map.length ? [element("dt", {}, "Nor, where the picture has no place"),
          ...one.off_the_map.map((why) => element("dd", {}, ...cited(`${why.text}. ${why.reason}`, why.rests)))] : [])),
      ...disputes,
      ...(one.to_read.length ? [element("details", {}, element("summary", {}, "To read"),
        element("ul", {}, ...one.to_read.map(citation)))] : []));
  }

  // Places with the same reasons stand together, the reasons behind them.
  function byReason(here) {
    const groups = new Map();
    for (const { id, name: called } of here) {
      const numbers = reach(id).why.join();
      groups.set(numbers, [...(groups.get(numbers) ?? []), called]);
    }
    return [...groups].map(([numbers, names]) => element("dd", {}, `${capital(names.join("; "))}. `,
      ...(numbers ? numbers.split(",").flatMap((number) => cited(told().whys[number].reason, told().whys[number].rests)) : [])));
  }

  // --- the task: one that fits here and one that does not, decided before it is told

  const yes = button("It fits here", () => judge("fits"), { class: "itband-button" });
  const no = button("Not here", () => judge("not"), { class: "itband-button" });
  const found = element("ul", { class: "itband-found" });
  const back = button("Back to the task", () => {
    knee.value = start.knee;
    for (const { input } of also) input.checked = start.also.includes(input.value);
    place.value = task.place;
    ask();
    technique.focus();
  }, { class: "itband-button" });

  function judge(said) {
    const { fit: now, why } = reach(task.place);
    const called = chosen().name;
    const is = { "as-usual": "fits", less: "fits", not: "not" }[now];
    task.judged.add(technique.value);
    const right = said === is;
    if (right && !task[is]) task[is] = called;
    task.done = Boolean(task.fits && task.not);
    if (!is) put(reply, `◐ ${called}: no rule forbids it here, and nothing asks for it. It counts neither way; try another.`);
    else {
      const because = why.map((number) => told().whys[number].reason).join(" ");
      put(reply, `${right ? "✓ Yes" : "✕ No"}. ${called}: ${words(now)}. ${because}`);
    }
    if (task.done) put(reply, `${reply.textContent} You have found both.`);
    draw();
    if (task.done) technique.focus();
  }

  function drawTask() {
    if (!task) return;
    const here = isTask();
    yes.hidden = no.hidden = !here || task.judged.has(technique.value);
    back.hidden = task.done || (place.value === task.place && isStart());
    found.replaceChildren(
      element("li", {}, `One that fits: ${task.fits || "not found yet"}`),
      element("li", {}, `One that does not: ${task.not || "not found yet"}`));
    el.dataset.task = task.done ? "done" : "open";
  }

  if (task) {
    asked.append(
      element("p", { class: "itband-head" }, `Your task, for this client: ${placeText[task.place]}`),
      element("p", {}, "Choose a technique and decide before the map tells. Find one that fits here today, and one that does not."),
      element("div", { class: "itband-buttons" }, yes, no, back), reply, found);
  }

  // --- changes

  function ask() {
    clearInterval(late);
    model.set("client", { knee: knee.value, also: also.filter(({ input }) => input.checked).map(({ input }) => input.value) });
    model.save_changes();
    el.dataset.state = "asking";
    late = whenLate(() => { el.dataset.state = "failed"; put(problem, LATE); });
    draw();
  }
  const problem = element("p", { class: "itband-problem", role: "alert" });
  const hear = () => {
    clearInterval(late);
    put(problem, "");
    el.dataset.state = "ready";
    draw();
  };
  model.on("change:told", hear);
  knee.addEventListener("change", ask);
  for (const { input } of also) input.addEventListener("change", ask);
  technique.addEventListener("change", () => { put(reply, ""); draw(); });
  place.addEventListener("change", draw);

  const release = keepKeys(el);
  el.replaceChildren(client, problem, decided, picks, ...(task ? [asked] : []),
    element("div", { class: "itband-shown" }, map.node, pointed, key), verdict, about);
  draw();
  el.dataset.state = "ready";
  return () => {
    clearInterval(late);
    model.off("change:told", hear);
    release();
  };
}

function select(id, pairs, value) {
  const made = element("select", { id }, ...pairs.map(([option, words]) => element("option", { value: option }, words)));
  made.value = value;
  return made;
}

function labelled(words, input) {
  return element("div", { class: "itband-pair" }, element("label", { for: input.id }, words), input);
}

function cited(words, rests) {
  return [words, ...(rests ? [" ", element("small", {}, `(${rests})`)] : [])];
}

function paragraph(words, rests) {
  return element("p", {}, ...cited(words, rests));
}

export default { render };
