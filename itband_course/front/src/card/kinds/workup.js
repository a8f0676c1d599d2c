// A client to examine: what to ask, look at, feel, measure and test, a clock, and the chart that fills.

import { button, element } from "../../dom.js";
import { bodyMap } from "../bodymap.js";
import { card } from "../card.js";

const VERBS = { card: "Open", ask: "Ask", look: "Look", palpate: "Feel", measure: "Measure", test: "Test" };

export default card((question, name, changed, _redraw, picture) => {
  const acts = {}; // by id: the act and its group
  for (const group of question.groups) for (const act of group.acts) acts[act.id] = { ...act, group: group.id };
  let log = []; // in the order sought, what is on its way too
  let found = {}; // by act: what the kernel has told
  let open = question.groups[0].id;

  const clock = element("p", { class: "itband-clock" });
  const once = element("p", { class: "itband-once" },
    "What you have asked or done cannot be taken back, as with a living client. Minutes are shown and never cost marks.");
  const hint = element("p", { class: "itband-hint", role: "status" });
  const buttons = {}; // by act

  const seek = (act) => {
    if (log.includes(act) || node.closest("fieldset")?.disabled) return;
    log = [...log, act];
    changed();
    show(log);
    buttons[act].focus({ preventScroll: true });
  };

  // One group at a time, chosen by tabs: arrow keys, Home and End go from tab to tab.
  const tabs = {};
  const panels = {};
  const choose = (group, focus) => {
    open = group;
    for (const id of Object.keys(tabs)) {
      tabs[id].setAttribute("aria-selected", id === open ? "true" : "false");
      tabs[id].tabIndex = id === open ? 0 : -1;
      panels[id].hidden = id !== open;
    }
    if (focus) tabs[open].focus();
  };
  for (const { id, title } of question.groups) {
    tabs[id] = button(title, () => choose(id), {
      role: "tab", id: `${name}-tab-${id}`, "aria-controls": `${name}-panel-${id}`, class: "itband-tab",
    });
    tabs[id].addEventListener("keydown", (event) => {
      const ids = Object.keys(tabs);
      const at = ids.indexOf(open);
      const next = {
        ArrowRight: (at + 1) % ids.length, ArrowLeft: (at + ids.length - 1) % ids.length, Home: 0, End: ids.length - 1,
      }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      choose(ids[next], true);
    });
  }

  const drawings = {};
  const byRegion = {};
  const light = (act, on) => {
    for (const { area } of drawings[acts[act]?.region] ?? []) area.toggleAttribute("data-lit", on);
    buttons[act]?.toggleAttribute("data-lit", on);
  };
  for (const { id, acts: offered } of question.groups) {
    const rows = offered.map((act) => {
      const minutes = element("span", { class: "itband-minutes" }, `${act.minutes} min`);
      buttons[act.id] = button(element("span", { class: "itband-verb" }, VERBS[id]), () => seek(act.id), {
        class: "itband-act", "data-act": act.id,
      });
      buttons[act.id].append(element("span", { class: "itband-what" }, act.text), minutes);
      if (act.region) {
        byRegion[act.region] = act.id;
        for (const [type, on] of [["pointerenter", true], ["pointerleave", false], ["focus", true], ["blur", false]]) {
          buttons[act.id].addEventListener(type, () => light(act.id, on));
        }
      }
      return element("li", {}, buttons[act.id]);
    });
    const panel = element("div", {
      role: "tabpanel", id: `${name}-panel-${id}`, "aria-labelledby": `${name}-tab-${id}`, class: "itband-panel",
    });
    if (offered.some((act) => act.region)) {
      const maps = [picture, picture?.close].filter((one) => one?.views?.length).map((one, number) => {
        const map = bodyMap(one, `${name}-${id}-${number}`, {
          choose: (place) => byRegion[place] && seek(byRegion[place]),
          light: (place, on) => byRegion[place] && light(byRegion[place], on),
        });
        for (const [place, shapes] of Object.entries(map.drawings)) (drawings[place] ??= []).push(...shapes);
        return map.node;
      });
      if (maps.length) {
        panel.append(element("div", { class: "itband-hotspot itband-maps" }, ...maps));
        panel.append(element("p", { class: "itband-hint" }, "Choose a place on a picture or in the list."));
      }
    }
    panel.append(element("ul", { class: "itband-acts" }, ...rows));
    panels[id] = panel;
  }

  const body = element("tbody");
  const empty = element("p", { class: "itband-empty" }, "Nothing yet: what you find is written down here.");
  const table = element("table", { class: "itband-chart-table" },
    element("caption", {}, "The chart, in the order of your examination"),
    element("thead", {}, element("tr", {}, ...["No.", "You", "Finding"].map((head) => element("th", { scope: "col" }, head)))), body);
  const lines = {}; // by act: the row, and the cell that the kernel fills

  const node = element("div", { class: "itband-workup" }, once, clock,
    element("div", { role: "tablist", "aria-label": "What you can do", class: "itband-tabs" }, ...Object.values(tabs)),
    ...Object.values(panels), hint, empty, table);

  function show(value) {
    log = [...(value ?? [])];
    const known = log.filter((act) => act in acts);
    const minutes = known.reduce((total, act) => total + acts[act].minutes, 0);
    clock.textContent = `${minutes} of ${question.minutes} minutes`;
    clock.toggleAttribute("data-over", minutes > question.minutes);
    for (const [act, made] of Object.entries(buttons)) {
      const done = known.includes(act);
      // Not disabled: the keyboard's place must not be lost.
      made.setAttribute("aria-disabled", done ? "true" : "false");
      made.toggleAttribute("data-done", done);
      for (const { area, dot } of drawings[acts[act].region] ?? []) {
        area.toggleAttribute("data-chosen", done);
        dot.toggleAttribute("data-chosen", done);
      }
    }
    for (const [act, { row }] of Object.entries(lines)) {
      if (!known.includes(act)) {
        row.remove();
        delete lines[act];
      }
    }
    known.forEach((act, number) => {
      if (!lines[act]) {
        const cell = element("td");
        const row = element("tr", { "data-found": act }, element("td", { class: "itband-place" }, `${number + 1}`),
          element("th", { scope: "row" }, `${VERBS[acts[act].group]}: ${acts[act].text}`), cell);
        lines[act] = { row, cell };
      }
      lines[act].cell.textContent = found[act] ?? "…";
      if (body.children[number] !== lines[act].row) body.insertBefore(lines[act].row, body.children[number] ?? null);
    });
    empty.hidden = known.length > 0;
    table.hidden = known.length === 0;
    // The latest finding is read out by whoever listens to the card.
    const last = known.at(-1);
    const words = last && found[last] ? `${acts[last].text}: ${found[last]}` : "";
    if (hint.textContent !== words) hint.textContent = words;
  }

  choose(open);
  show([]);
  return {
    node,
    grows: true,
    read: () => (log.length ? [...log] : null),
    whole: () => false, // only the student knows when an examination is finished
    told: (reply) => { found = reply ?? {}; },
    show,
  };
});
