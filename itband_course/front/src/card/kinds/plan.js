// A session planned row by row: what, where, with which pressure, how long, in which order.

import { element, put } from "../../dom.js";
import { bodyMap } from "../bodymap.js";
import { card } from "../card.js";
import { movable, rowButton } from "../movable.js";

const FAMILIES = {
  talk: "Talk and teach", check: "Watch and compare", light: "Light strokes", kneading: "Kneading",
  pressing: "Slow pressure", movement: "Movement", stretch: "Stretch", comfort: "Cold and warmth",
};
const PRESSURES = [["1", "1, lightest"], ["2", "2"], ["3", "3, moderate"], ["4", "4"], ["5", "5, deepest"]];
const NO_SESSION = "no-session";
const LONGEST = 60; // minutes of one row
const MINUTES = "\u202fmin";

function options(pairs, first) {
  return [...(first ? [element("option", { value: "" }, first)] : []),
    ...pairs.map(([value, words]) => element("option", { value }, words))];
}

// A number with a button on each side.
function stepper(label, value, act) {
  const input = element("input", {
    type: "text", inputmode: "numeric", autocomplete: "off", "aria-label": label, value: String(value), class: "itband-minutes",
  });
  const shown = () => (/^\d{1,2}$/.test(input.value.trim()) ? Number(input.value) : NaN);
  const set = (wanted, focus) => {
    const next = Math.min(LONGEST, Math.max(1, wanted));
    input.value = String(next);
    act(next, focus);
  };
  const less = rowButton("less", "−", `${label}: one less`, () => set(shown() - 1 || 1, "less"));
  const more = rowButton("more", "+", `${label}: one more`, () => set(shown() + 1 || 1, "more"));
  input.addEventListener("change", (event) => {
    event.stopPropagation(); // it is not the answer yet
    if (Number.isNaN(shown())) input.value = String(value);
    else set(shown(), "minutes");
  });
  const node = element("span", { class: "itband-stepper" }, less, input, more, element("span", { "aria-hidden": "true" }, MINUTES.trim()));
  return { node, input, read: shown };
}

export default card((question, name, changed, _redraw, picture) => {
  const acts = Object.fromEntries(question.techniques.map((act) => [act.id, act]));
  const places = question.views.flatMap((view) => view.places);
  const placeText = Object.fromEntries(places.map((place) => [place.id, place.text]));
  const moving = movable(() => node);
  let rows = []; // as recorded, each an object of its own
  let isNone = false;
  let serial = 0; // which row is which, whatever it holds

  const hint = element("p", { class: "itband-hint", role: "status" });
  const say = (words) => put(hint, words);
  const total = () => rows.reduce((sum, row) => sum + row.minutes, 0);
  const inWords = (row) => [acts[row.technique].text, placeText[row.place]].filter(Boolean).join(" · ");

  // --- the session so far

  const list = element("ol", { class: "itband-used itband-rows", "aria-label": "Your session" });
  const empty = element("p", { class: "itband-empty" }, "No row yet. Choose below what you do first.");
  const time = element("p", { class: "itband-total", id: `${name}-time` });
  const bar = element("div", { class: "itband-timeline", role: "img" });
  const key = element("p", { class: "itband-key", "aria-hidden": "true" });

  const change = (next, words, focus) => {
    rows = next;
    isNone = false;
    build();
    if (words) say(words);
    if (focus) focusOn(...focus);
    changed();
  };
  const focusOn = (row, action) => {
    const here = list.querySelector(`[data-row="${row.serial}"]`);
    const wanted = here?.querySelector(`[data-action="${action}"]:not(:disabled)`) ?? here?.querySelector("button:not(:disabled)");
    (wanted ?? technique).focus();
  };
  const move = (row, place, action) => {
    const rest = rows.filter((other) => other !== row);
    change([...rest.slice(0, place), row, ...rest.slice(place)],
      `Row ${place + 1} of ${rows.length}: ${inWords(row)}`, [row, action]);
  };
  const drawRow = (row, place) => {
    const words = inWords(row);
    const act = acts[row.technique];
    const minutes = stepper(`Minutes of row ${place + 1}, ${words}`, row.minutes, (value, action) => {
      if (value === row.minutes) return;
      row.minutes = value;
      change([...rows], `${words}: ${value}${MINUTES}. ${said()}`, [row, action]);
    });
    minutes.input.dataset.action = "minutes";
    const pressure = element("select", { "aria-label": `Pressure of row ${place + 1}, ${words}`, "data-action": "pressure" },
      ...options(PRESSURES.map(([value]) => [value, value])));
    pressure.value = String(row.pressure);
    pressure.addEventListener("change", (event) => {
      event.stopPropagation();
      row.pressure = Number(pressure.value);
      change([...rows], `${words}: pressure ${row.pressure}`, [row, "pressure"]);
    });
    const up = rowButton("up", "↑", `Move up: ${words}`, () => move(row, place - 1, "up"));
    const down = rowButton("down", "↓", `Move down: ${words}`, () => move(row, place + 1, "down"));
    up.disabled = place === 0;
    down.disabled = place === rows.length - 1;
    const out = rowButton("out", "✕", `Take out: ${words}`, () => {
      const next = rows.filter((other) => other !== row);
      change(next, `Taken out: ${words}`, next.length ? [next[Math.min(place, next.length - 1)], "out"] : null);
      if (!next.length) technique.focus();
    });
    const made = element("li", { "data-row": row.serial, "data-technique": row.technique, class: "itband-step" },
      element("span", { class: "itband-place", "aria-hidden": "true" }, `${place + 1}`),
      element("span", { class: "itband-swatch", "data-family": act.family, "aria-hidden": "true" }),
      element("span", { class: "itband-steptext" }, words),
      element("span", { class: "itband-set" },
        ...(act.pressed ? [element("span", { class: "itband-pressure" }, element("span", { "aria-hidden": "true" }, "Pressure"), pressure)] : []),
        minutes.node),
      element("span", { class: "itband-move" }, up, down, out));
    moving.source(made, row, words);
    moving.target(made, (dragged, below) => {
      const rest = rows.filter((other) => other !== dragged);
      move(dragged, dragged === row ? place : rest.indexOf(row) + (below ? 1 : 0), "up");
    });
    return made;
  };
  const said = () => {
    const left = question.length - total();
    const rest = left > 0 ? `${left} left` : left < 0 ? `${-left} too many` : "full";
    return `${total()} of ${question.length} minutes, ${rest}`;
  };
  function build() {
    list.replaceChildren(...rows.map(drawRow));
    empty.hidden = rows.length > 0 || isNone;
    list.hidden = rows.length === 0 || isNone;
    none.checked = isNone;
    planned.hidden = pick.hidden = isNone;
    put(time, said());
    time.toggleAttribute("data-over", total() > question.length);
    const scale = Math.max(question.length, total());
    bar.replaceChildren(
      ...rows.map((row, place) => {
        const made = element("span", { class: "itband-segment", "data-family": acts[row.technique].family },
          element("span", {}, row.minutes / scale > 0.035 ? `${place + 1}` : ""));
        made.style.width = `${(100 * row.minutes) / scale}%`;
        return made;
      }),
      ...(total() > question.length ? [element("span", { class: "itband-end" })] : []));
    bar.querySelector(".itband-end")?.style.setProperty("left", `${(100 * question.length) / scale}%`);
    bar.setAttribute("aria-label", `${said()}. ${rows.map((row, place) => `${place + 1}: ${row.minutes} minutes`).join(", ")}`);
    const families = [...new Set(rows.map((row) => acts[row.technique].family))];
    key.replaceChildren(...families.map((family) => element("span", {},
      element("span", { class: "itband-swatch", "data-family": family }), FAMILIES[family])));
    const isFull = rows.length >= question.most;
    add.disabled = isFull;
    if (isFull) say(`A session has ${question.most} rows at most. Take one out first.`);
  }

  // --- what comes next

  const groups = Object.entries(FAMILIES).map(([family, words]) => [words, question.techniques.filter((act) => act.family === family)])
    .filter(([, those]) => those.length);
  const technique = element("select", { id: `${name}-technique` }, ...options([], "Choose…"),
    ...groups.map(([words, those]) => element("optgroup", { label: words }, ...options(those.map((act) => [act.id, act.text])))));
  const place = element("select", { id: `${name}-place` }, ...options([], "Choose…"),
    ...(question.views.length > 1
      ? question.views.filter((view) => view.places.length).map((view) => element("optgroup", { label: view.title },
        ...options(view.places.map((one) => [one.id, one.text]))))
      : options(places.map((one) => [one.id, one.text]))));
  const pressure = element("select", { id: `${name}-pressure` }, ...options(PRESSURES, "Choose…"));
  const minutes = stepper("Minutes of the new row", 5, () => {});
  minutes.input.id = `${name}-minutes`;
  const add = element("button", { type: "button", class: "itband-button", "data-action": "add" }, "Add to the session");
  const labelled = (words, control) => {
    const box = element("div", { class: "itband-field" }, element("label", { for: control.id ?? control.input.id }, words), control.node ?? control);
    return box;
  };
  const placeField = labelled("Where", place);
  const pressureField = labelled("Pressure", pressure);
  const pointed = element("p", { class: "itband-pointed", "aria-hidden": "true" });
  const light = (one, on) => {
    for (const { area } of map.drawings[one] ?? []) area.toggleAttribute("data-lit", on);
    put(pointed, on ? placeText[one] : placeText[place.value] ?? "");
  };
  const map = bodyMap(picture, name, {
    choose: (one) => {
      if (node.closest("fieldset").disabled) return;
      place.value = one;
      mark();
      say(`Place: ${placeText[one]}`);
    },
    light,
  });
  const body = element("details", { class: "itband-body" }, element("summary", {}, "Choose the place on the body"), map.node, pointed);
  body.open = true;
  function mark() {
    const act = acts[technique.value];
    placeField.hidden = body.hidden = Boolean(act) && !act.placed;
    pressureField.hidden = Boolean(act) && !act.pressed;
    for (const [one, shapes] of Object.entries(map.drawings)) {
      for (const { area, dot } of shapes) {
        area.toggleAttribute("data-chosen", one === place.value);
        dot.toggleAttribute("data-chosen", one === place.value);
      }
    }
    put(pointed, placeText[place.value] ?? "");
  }
  for (const control of [technique, place, pressure]) {
    control.addEventListener("change", (event) => {
      event.stopPropagation(); // it is not the answer yet
      mark();
    });
  }
  add.addEventListener("click", () => {
    const act = acts[technique.value];
    const missing = [[technique, "what you do", !act], [place, "where", act?.placed && !place.value],
      [pressure, "the pressure", act?.pressed && !pressure.value]].find(([, , lacks]) => lacks);
    if (missing) {
      say(`Not added: choose ${missing[1]} first.`);
      missing[0].focus();
      return;
    }
    const row = {
      technique: act.id, minutes: Math.min(LONGEST, Math.max(1, minutes.read() || 1)),
      place: act.placed ? place.value : "", pressure: act.pressed ? Number(pressure.value) : 0,
    };
    row.serial = serial += 1;
    change([...rows, row], "");
    say(`Row ${rows.length}: ${inWords(row)}, ${row.minutes}${MINUTES}. ${said()}`);
    technique.value = place.value = pressure.value = "";
    mark();
    technique.focus();
  });

  const none = element("input", { type: "checkbox", id: `${name}-none` });
  none.addEventListener("change", () => {
    isNone = none.checked;
    build();
    say(isNone ? "No session today. Your rows come back if you take the tick out." : said());
    // The tick is the answer: the card hears of it by itself.
  });
  const noneRow = element("label", { class: "itband-choice" }, none, element("span", {}, question.no_session.text));

  const next = element("div", { class: "itband-next", role: "group", "aria-label": "Next row" },
    element("p", { class: "itband-head", "aria-hidden": "true" }, "Next row"),
    element("div", { class: "itband-fields" },
      labelled("What you do", technique), placeField, pressureField, labelled("Minutes", minutes)),
    add);
  const pick = element("div", {}, body);
  const planned = element("div", {},
    element("div", { class: "itband-drop" }, element("p", { class: "itband-head", "aria-hidden": "true" }, "Your session"), empty, list,
      time, bar, key),
    next);
  const node = element("div", { class: "itband-plan itband-hotspot", "data-views": map.node.childElementCount > 1 ? "many" : "one" },
    planned, hint, pick, noneRow);
  mark();
  build();
  const recorded = () => rows.map(({ technique: what, minutes: long, place: where, pressure: hard }) =>
    ({ technique: what, minutes: long, place: where, pressure: hard }));
  return {
    node,
    read: () => (isNone ? NO_SESSION : rows.length ? recorded() : null),
    whole: (value) => value === NO_SESSION, // only the student knows when a plan is finished
    show: (value) => {
      const now = isNone ? NO_SESSION : recorded();
      if (JSON.stringify(value ?? []) === JSON.stringify(now)) return;
      isNone = value === NO_SESSION;
      // Rows that no session hides are kept until something else is recorded.
      if (!isNone) {
        rows = (value ?? []).filter((row) => row.technique in acts)
          .map((row) => ({ place: "", pressure: 0, ...row, serial: serial += 1 }));
      }
      say("");
      build();
    },
  };
});
