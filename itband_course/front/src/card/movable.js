// Rows that are moved by drag or by button: what a face does with them is its own.

import { element } from "../dom.js";

// A small button at the end of a row; `action` names it for the keyboard's place and for tests.
export function rowButton(action, sign, label, act) {
  const made = element("button", { type: "button", "data-action": action, "aria-label": label, title: label }, sign);
  made.addEventListener("click", act);
  return made;
}

// Dragging within `root()`, a node inside the card's fieldset. What is dragged has a key; keys are told apart with ===.
export function movable(root) {
  let dragged = null;
  const mark = (row, below) => {
    for (const other of root().querySelectorAll("[data-drop]")) other.removeAttribute("data-drop");
    if (row) row.dataset.drop = below ? "below" : "above";
  };
  const isBelow = (event, row) => {
    const box = row.getBoundingClientRect();
    return event.clientY > box.top + box.height / 2;
  };
  return {
    // A row that can be dragged.
    source: (row, key, words) => {
      row.draggable = true;
      row.addEventListener("dragstart", (event) => {
        if (root().closest("fieldset").disabled) { event.preventDefault(); return; }
        dragged = key;
        event.dataTransfer.setData("text/plain", words);
        event.dataTransfer.effectAllowed = "move";
      });
      row.addEventListener("dragend", () => { dragged = null; mark(null); });
    },
    // A row beside which something can be dropped: `drop(key, below)`.
    target: (row, drop) => {
      row.addEventListener("dragover", (event) => {
        if (dragged === null) return;
        event.preventDefault();
        event.stopPropagation();
        mark(row, isBelow(event, row));
      });
      row.addEventListener("drop", (event) => {
        if (dragged === null) return;
        event.preventDefault();
        event.stopPropagation();
        drop(dragged, isBelow(event, row));
      });
    },
    // A part of the card into which something can be dropped: `drop(key)`.
    zone: (node, drop) => {
      node.addEventListener("dragover", (event) => { if (dragged !== null) { event.preventDefault(); mark(null); } });
      node.addEventListener("drop", (event) => {
        if (dragged === null) return;
        event.preventDefault();
        drop(dragged);
      });
    },
  };
}
