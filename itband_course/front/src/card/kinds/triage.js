// A level on each of two scales.

import { element } from "../../dom.js";
import { card } from "../card.js";
import { choiceRows } from "../rows.js";

export default card((question, name) => {
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
});
