// A box for a number, as the kinds have it that ask for one.

import { element } from "../dom.js";

// A number as a person writes it: comma or point, any minus, the unit if they like. NaN where it is none.
export function parseNumber(text, unit) {
  const bare = text.trim().replace(new RegExp(`${unit.replace(/[^\w]/g, "\\$&")}$`), "").trim()
    .replace(/^[−–]/, "-").replace(",", ".");
  return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(bare) ? Number(bare) : NaN;
}

export function numberText(value, unit) {
  return `${String(value).replace("-", "−")}${unit === "°" ? "" : "\u202f"}${unit}`;
}

// A labelled box, recorded with Enter or on leaving it. `warns(value)` says what is odd about a recorded number.
export function numberBox({ id, label, unit, changed, redraw, warns = () => "" }) {
  const hint = element("p", { class: "itband-hint", id: `${id}-hint`, role: "status" });
  const input = element("input", {
    type: "text", inputmode: "decimal", autocomplete: "off", "aria-describedby": hint.id, id,
  });
  let shown = null;
  const read = () => {
    if (input.value.trim() === "") return null;
    const value = parseNumber(input.value, unit);
    return Number.isNaN(value) ? undefined : value;
  };
  const say = (text) => { if (hint.textContent !== text) hint.textContent = text; };
  const explain = () => {
    if (read() === undefined) say("Not recorded: write a number, such as 12 or 12.5.");
    else say(shown === null ? "" : warns(shown));
  };
  input.addEventListener("input", () => {
    say(read() === shown ? "" : "Press Enter or leave the box to record it.");
    redraw();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && read() !== shown) changed();
  });
  input.addEventListener("change", (event) => {
    // Enter has recorded it already.
    if (read() === shown) event.stopPropagation();
  });
  return {
    node: element("div", { class: "itband-number" }, element("label", { for: input.id }, label), input, hint),
    read,
    show: (value, force) => {
      // Whoever goes on typing must not have the box changed under their hands.
      const typing = document.activeElement === input && !force;
      shown = value;
      if (!typing) input.value = value === null ? "" : String(value).replace("-", "−");
      if (!typing || read() === shown) explain();
    },
    refuse: explain,
    unrecorded: () => (read() === shown ? null
      : shown === null ? "Not recorded yet" : `Not recorded yet. Recorded so far: ${numberText(shown, unit)}`),
  };
}
