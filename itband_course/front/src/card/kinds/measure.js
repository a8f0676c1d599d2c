// Two readings, and what is chosen beside them; the test itself is done above the card.

import { element } from "../../dom.js";
import { card } from "../card.js";
import { numberBox } from "../numbers.js";
import { choiceRows } from "../rows.js";

export default card((question, name, changed, redraw) => {
  const boxes = question.sides.map(({ id, title }) => ({
    id, ...numberBox({ id: `${name}-${id}`, unit: "°", changed, redraw, label: `${title}, your reading in degrees (°)` }),
  }));
  const parts = question.parts.map((part) => {
    const { inputs, node } = choiceRows("radio", `${name}-${part.id}`, part.choices);
    return { id: part.id, inputs, node: element("fieldset", { class: "itband-scale" }, element("legend", {}, part.title), node) };
  });
  return {
    node: element("div", { class: "itband-measure" }, element("div", { class: "itband-readings" }, ...boxes.map((box) => box.node)),
      ...parts.map((part) => part.node)),
    read: () => {
      const readings = boxes.map((box) => [box.id, box.read()]);
      if (readings.some(([, reading]) => reading === undefined)) return undefined;
      const made = [...readings, ...parts.map((part) => [part.id, part.inputs.find((input) => input.checked)?.value])]
        .filter(([, value]) => value !== undefined && value !== null);
      return made.length ? Object.fromEntries(made) : null;
    },
    whole: (value) => [...boxes, ...parts].every(({ id }) => id in value),
    show: (value, force) => {
      for (const box of boxes) box.show(value?.[box.id] ?? null, force);
      for (const part of parts) for (const input of part.inputs) input.checked = value?.[part.id] === input.value;
    },
    refuse: () => { for (const box of boxes) box.refuse(); },
    unrecorded: () => boxes.map((box) => box.unrecorded()).find(Boolean) ?? null,
  };
});
