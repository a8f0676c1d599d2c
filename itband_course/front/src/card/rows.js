// Rows of choices.

import { element } from "../dom.js";

// One row for each choice; the whole row is clickable. `type` is "radio" or "checkbox".
export function choiceRows(type, name, choices) {
  const inputs = choices.map((choice) => element("input", { type, name, value: choice.id }));
  const rows = choices.map((choice, index) =>
    element("label", { class: "itband-choice" }, inputs[index], element("span", {}, choice.text)));
  return { inputs, node: element("div", { class: "itband-choices" }, ...rows) };
}
