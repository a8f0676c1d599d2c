// A choice for each row.

import { element } from "../../dom.js";
import { card } from "../card.js";

export default card((question, name) => {
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
});
