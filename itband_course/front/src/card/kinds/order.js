// Steps put in order: by buttons, or dragged.

import { element } from "../../dom.js";
import { card } from "../card.js";
import { movable, rowButton } from "../movable.js";

export default card((question, name, changed) => {
  const hint = element("p", { class: "itband-hint", role: "status" });
  const used = element("ol", { class: "itband-used", "aria-label": "Your order" });
  const pool = element("ul", { class: "itband-pool", "aria-label": "Steps to choose from" });
  const empty = element("p", { class: "itband-empty" }, "No step yet: press a step below, or drag it here.");
  const done = element("p", { class: "itband-empty" }, "Every step is in your order.");
  const text = Object.fromEntries(question.steps.map((step) => [step.id, step.text]));
  let order = [];
  const rows = movable(() => node);

  const put = (step, place, focus, said) => {
    const rest = order.filter((other) => other !== step);
    order = place === null ? rest : [...rest.slice(0, place), step, ...rest.slice(place)];
    build();
    hint.textContent = said ?? (place === null
      ? `Taken out: ${text[step]}` : `Step ${order.indexOf(step) + 1} of ${order.length}: ${text[step]}`);
    focusOn(step, focus);
    changed();
  };
  const focusOn = (step, action) => {
    const row = node.querySelector(`[data-step="${step}"]`);
    const wanted = row?.querySelector(`button[data-action="${action}"]:not(:disabled)`) ?? row?.querySelector("button:not(:disabled)");
    wanted?.focus();
  };
  function build() {
    used.replaceChildren(...order.map((step, place) => {
      const up = rowButton("up", "↑", `Move up: ${text[step]}`, () => put(step, place - 1, "up"));
      const down = rowButton("down", "↓", `Move down: ${text[step]}`, () => put(step, place + 1, "down"));
      up.disabled = place === 0;
      down.disabled = place === order.length - 1;
      const out = rowButton("out", "✕", `Take out: ${text[step]}`, () => put(step, null, "in"));
      const row = element("li", { "data-step": step, class: "itband-step" },
        element("span", { class: "itband-place", "aria-hidden": "true" }, `${place + 1}`),
        element("span", { class: "itband-steptext" }, text[step]), up, down, out);
      rows.source(row, step, text[step]);
      rows.target(row, (dragged, below) => {
        const rest = order.filter((other) => other !== dragged);
        put(dragged, step === dragged ? place : rest.indexOf(step) + (below ? 1 : 0), "up");
      });
      return row;
    }));
    pool.replaceChildren(...question.steps.filter((step) => !order.includes(step.id)).map((step) => {
      const add = element("button", { type: "button", "data-action": "in", class: "itband-add" },
        element("span", { "aria-hidden": "true" }, "+"), element("span", {}, step.text));
      add.addEventListener("click", () => {
        const next = [...pool.children].map((row) => row.dataset.step);
        const after = next[next.indexOf(step.id) + 1] ?? next[next.indexOf(step.id) - 1];
        put(step.id, order.length, "up");
        // The next step to choose is under the same finger, or one Tab away.
        if (after) focusOn(after, "in");
      });
      const row = element("li", { "data-step": step.id }, add);
      rows.source(row, step.id, step.text);
      return row;
    }));
    empty.hidden = order.length > 0;
    used.hidden = order.length === 0;
    done.hidden = pool.children.length > 0;
    pool.hidden = pool.children.length === 0;
  }
  const head = (words) => element("p", { class: "itband-head", "aria-hidden": "true" }, words);
  const top = element("div", { class: "itband-drop" }, head("Your order"), empty, used);
  const bottom = element("div", { class: "itband-drop" }, head("Steps to choose from"), done, pool);
  rows.zone(top, (step) => put(step, order.filter((other) => other !== step).length, "up"));
  rows.zone(bottom, (step) => put(step, null, "in"));
  const node = element("div", { class: "itband-order" }, top, bottom, hint);
  build();
  return {
    node,
    read: () => (order.length ? [...order] : null),
    whole: () => false, // only the student knows when an order is finished
    show: (value) => {
      if (JSON.stringify(value ?? []) === JSON.stringify(order)) return;
      order = (value ?? []).filter((step) => step in text);
      hint.textContent = "";
      build();
    },
  };
});
