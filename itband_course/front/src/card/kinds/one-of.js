// One choice.

import { card } from "../card.js";
import { choiceRows } from "../rows.js";

export default card((question, name) => {
  const { inputs, node } = choiceRows("radio", name, question.choices);
  return {
    node,
    read: () => inputs.find((input) => input.checked)?.value ?? null,
    show: (value) => inputs.forEach((input) => { input.checked = input.value === value; }),
  };
});
