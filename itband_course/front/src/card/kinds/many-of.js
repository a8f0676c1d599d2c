// Any number of choices.

import { card } from "../card.js";
import { choiceRows } from "../rows.js";

export default card((question, name) => {
  const { inputs, node } = choiceRows("checkbox", name, question.choices);
  return {
    node,
    read: () => {
      const ticked = inputs.filter((input) => input.checked).map((input) => input.value);
      return ticked.length ? ticked : null;
    },
    show: (value) => inputs.forEach((input) => { input.checked = (value ?? []).includes(input.value); }),
  };
});
