// Places on a drawn body, chosen on the picture or in the list beside it.

import { element } from "../../dom.js";
import { bodyMap } from "../bodymap.js";
import { card } from "../card.js";
import { choiceRows } from "../rows.js";

export default card((question, name, _changed, _redraw, picture) => {
  const most = { point: 1, pair: 2 }[question.mode] ?? Infinity;
  const rows = {}; // by place: its row, input and words
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

  const map = bodyMap(picture, name, {
    choose: (place) => rows[place].input.click(),
    light: (place, on) => light(place, on, true),
  });
  const { drawings } = map;
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
  const node = element("div", { class: "itband-hotspot", "data-views": map.node.childElementCount > 1 ? "many" : "one" },
    element("div", { class: "itband-shown" }, map.node, pointed), places, hint);
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
});
