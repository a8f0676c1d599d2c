// A figure with its unit, recorded with Enter or on leaving the box.

import { card } from "../card.js";
import { numberBox, numberText } from "../numbers.js";

export default card((question, name, changed, redraw) => {
  const { unit, plausible: [low, high] } = question;
  return numberBox({
    id: `${name}-number`, unit, changed, redraw, label: `Your answer in ${unit === "°" ? "degrees (°)" : unit}`,
    warns: (value) => (value >= low && value <= high ? ""
      : `Check sign and unit: from ${numberText(low, "")} to ${numberText(high, unit)} is plausible here.`),
  });
});
