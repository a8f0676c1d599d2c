// Columns that a student shapes. Each is a slider of the page; the mouse may take it anywhere in its column. The kernel
// keeps the shape and answers by its rules.

import { button, element, put } from "./dom.js";
import { AnsweredPanel, remarkRow, toRead, widgetOf } from "./answered.js";

class Panel extends AnsweredPanel {
  constructor(model, el) {
    super(model, el, "itband-columns");
    el.dataset.sheet = this.sheet.id;
  }

  values() {
    return this.record.shapes[this.record.task];
  }

  // ------------------------------------------------------------------ the page

  build() {
    const { sheet, name } = this;
    this.task = element("p", { class: "itband-task" });
    const tasks = Object.entries(sheet.task_names);
    const choose = element("fieldset", { class: "itband-tasks" }, element("legend", {}, "Task"), ...tasks.map(([id, words]) => {
      const input = element("input", { type: "radio", name: `${name}-task`, value: id });
      input.checked = id === this.record.task;
      input.addEventListener("change", () => this.take(id));
      return element("label", { class: "itband-choice" }, input, element("span", {}, words));
    }));
    choose.hidden = tasks.length < 2;
    this.words = element("p", {});
    this.status = element("p", { class: "itband-status", role: "status" });
    this.answer = element("div", { class: "itband-answer", tabindex: "-1", "aria-live": "polite" });
    this.happens = element("div", { class: "itband-events" });
    this.el.replaceChildren(
      element("p", { class: "itband-title" }, sheet.title),
      choose, this.task,
      element("p", { class: "itband-quiet" }, sheet.about),
      this.chart(),
      element("details", {}, element("summary", {}, "The columns in words"), this.words),
      ...sheet.picks.map((pick) => this.pick(pick)),
      element("div", { class: "itband-row" },
        button(sheet.button, () => this.ask(), { class: "itband-button", "data-act": "ask" }),
        button("Start again", () => this.reset(), { class: "itband-button", "data-act": "reset" })),
      this.status, this.answer, this.happens,
      element("p", { class: "itband-quiet itband-source" }, sheet.source));
  }

  chart() {
    const { scale, columns, guide } = this.sheet;
    const part = (value) => `${(100 * (value - scale.low)) / (scale.high - scale.low)}%`;
    const ticks = [];
    for (let at = scale.low; at <= scale.high; at += scale.tick) {
      const tick = element("span", { class: "itband-tick" }, element("span", {}, String(at)));
      tick.style.bottom = part(at);
      ticks.push(tick);
    }
    this.columns = columns.map((column, number) => this.column(column, number));
    const groups = [...new Set(columns.map(({ group }) => group))];
    const plot = element("div", { class: "itband-plot" }, element("div", { class: "itband-ticks", "aria-hidden": "true" }, ...ticks), ...groups.map((group) => {
      const members = this.columns.filter((_, number) => columns[number].group === group);
      const node = element("div", { class: "itband-group", role: "group", "aria-label": group },
        element("div", { class: "itband-members" }, ...members.map(({ node: one }) => one)),
        element("span", { class: "itband-group-name", "aria-hidden": "true" }, group));
      node.style.flexGrow = members.length;
      return node;
    }));
    if (guide) {
      const line = element("div", { class: "itband-guide", "aria-hidden": "true" });
      line.style.setProperty("--itband-at", String((guide.at - scale.low) / (scale.high - scale.low)));
      plot.append(line);
    }
    return element("figure", { class: "itband-figure-of-columns" },
      element("figcaption", { class: "itband-quiet" }, `${scale.title}, ${scale.unit}${guide ? `. Dashed line: ${guide.label}` : ""}`), plot);
  }

  column(column, number) {
    const { scale } = this.sheet;
    const input = element("input", {
      type: "range", min: scale.low, max: scale.high, step: scale.step, "data-column": column.id,
      "aria-label": `${scale.title}: ${column.says}`, "aria-orientation": "vertical",
    });
    const bar = element("span", { class: "itband-bar" });
    const value = element("span", { class: "itband-value", "aria-hidden": "true" });
    const track = element("span", { class: "itband-track" }, bar, value, input);
    const node = element("label", { class: "itband-column" }, track, element("span", { class: "itband-label", "aria-hidden": "true" }, column.label));
    input.addEventListener("input", () => this.set(number, Number(input.value)));
    // The mouse takes the column where it is, without the browser's own thumb.
    const follow = (event) => {
      const box = track.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (box.bottom - event.clientY) / box.height));
      const raw = scale.low + share * (scale.high - scale.low);
      this.set(number, Math.round(raw / scale.step) * scale.step);
    };
    track.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      track.setPointerCapture(event.pointerId);
      input.focus({ preventScroll: true });
      this.held = number;
      follow(event);
    });
    track.addEventListener("pointermove", (event) => { if (this.held === number) follow(event); });
    for (const type of ["pointerup", "pointercancel"]) track.addEventListener(type, () => { this.held = null; });
    return { node, input, bar, value };
  }

  pick(pick) {
    const id = `${this.name}-${pick.id}`;
    const select = element("select", { id, "data-pick": pick.id }, element("option", { value: "" }, "Choose…"),
      ...pick.options.map((option) => element("option", { value: option.id }, option.text)));
    select.value = this.record.picks[pick.id] ?? "";
    select.addEventListener("change", () => {
      this.record.picks[pick.id] = select.value;
      this.changed();
    });
    return element("div", { class: "itband-pick" }, element("label", { for: id }, pick.title), select);
  }

  // ------------------------------------------------------------------ what is done

  set(number, value) {
    if (this.values()[number] === value) return;
    this.values()[number] = value;
    this.draw();
    this.changed();
  }

  changed() {
    if (this.record.asked) this.stale();
    this.record.asked = false;
    this.kept.soon();
  }

  stale() {
    const first = this.answer.querySelector(".itband-headline");
    if (first) put(first, "You changed it. Have it read again.");
    this.answer.dataset.stale = "yes";
    this.happens.replaceChildren();
  }

  take(task) {
    this.record.task = task;
    this.record.asked = false;
    this.answer.replaceChildren();
    this.draw();
    this.kept.now();
  }

  reset() {
    this.record.shapes[this.record.task] = [...this.sheet.start];
    this.record.picks = {};
    this.record.decisions = {};
    this.record.asked = false;
    for (const select of this.el.querySelectorAll("select")) select.value = "";
    this.answer.replaceChildren();
    this.happens.replaceChildren();
    this.draw();
    this.kept.now();
  }

  ask() {
    this.record.asked = true;
    this.asks = true;
    this.kept.now();
  }

  draw() {
    const { scale, columns, tasks } = this.sheet;
    put(this.task, tasks[this.record.task]);
    this.values().forEach((value, number) => {
      const { input, bar, value: words } = this.columns[number];
      input.value = value;
      input.setAttribute("aria-valuetext", `${value} ${scale.unit}`);
      bar.style.height = `${(100 * (value - scale.low)) / (scale.high - scale.low)}%`;
      words.style.bottom = bar.style.height;
      put(words, String(value));
      words.dataset.zero = value === scale.low;
    });
    put(this.words, `${columns.map(({ says }, number) => `${says}: ${this.values()[number]} ${scale.unit}`).join("; ")}.`);
  }

  show(reply, first = false) {
    if (!reply.remarks || !this.record.asked) return;
    delete this.answer.dataset.stale;
    this.answer.replaceChildren(
      element("p", { class: "itband-headline", "data-good": reply.good }, reply.headline),
      element("ul", { class: "itband-remarks" }, ...reply.remarks.map((remark) => remarkRow(remark))));
    this.happen(reply.events ?? []);
    this.answer.append(...toRead([...reply.remarks, ...(reply.events ?? []).map(({ remark }) => remark).filter(Boolean)]));
    if (this.asks && !first) this.answer.focus({ preventScroll: true });
    this.asks = false;
  }

  // What happens on the way: drawn once, then only what is said of a decision changes.
  happen(events) {
    const ids = events.map(({ id, says }) => id + says).join();
    if (ids !== this.happens.dataset.ids || !this.happens.children.length) {
      this.happens.dataset.ids = ids;
      this.happens.replaceChildren(...(events.length ? [element("p", { class: "itband-headline" }, "Then this happens. What does she do?")] : []),
        ...events.map((event) => {
          const rows = event.options.map((option) => {
            const input = element("input", { type: "radio", name: `${this.name}-${event.id}`, value: option.id });
            input.checked = event.chosen === option.id;
            input.addEventListener("change", () => { this.record.decisions[event.id] = option.id; this.kept.now(); });
            return element("label", { class: "itband-choice" }, input, element("span", {}, option.text));
          });
          return element("fieldset", { class: "itband-event", "data-event": event.id }, element("legend", {}, event.says), ...rows,
            element("div", { class: "itband-said", role: "status" }));
        }));
    }
    for (const event of events) {
      const said = this.happens.querySelector(`[data-event="${event.id}"] .itband-said`);
      said.replaceChildren(...(event.remark ? [remarkRow(event.remark, "p")] : []));
    }
  }
}

export default widgetOf(Panel);
