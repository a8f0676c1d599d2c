// A chart whose point a student moves, alone or together with the moving figure. The kernel gives the numbers; whatever
// moves, moves without it, and it hears of it once all rests.

import { button, capital, citation, element, keepKeys, put } from "./dom.js";
import { MOVED, same, tidy } from "./pose.js";
import { figureOf, stagesOf } from "./stages.js";

const SVG = "http://www.w3.org/2000/svg";
const REST_MS = 400;
const LETTER = 7.1; // pixels of a letter of 13 px, on average
const LEADING = 16;
const MOST_KEPT = 3;
const MOST_TICKS = 8;
const THIN = "\u202f";

function render({ model, el }) {
  const chart = new Chart(model, el);
  chart.start();
  return () => chart.end();
}

class Chart {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.cleanups = [];
    this.kept = [];
    this.hidden = new Set(); // groups that are switched off
    this.held = false; // a pointer moves the point
    this.down = false; // a pointer is down anywhere
    this.beyond = null; // where the figure stands when that is outside the chart
    this.stages = []; // what the linked figure is shown in
  }

  start() {
    const { model, el } = this;
    el.classList.add("itband-chart");
    const bytes = model.get("numbers");
    this.numbers = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    this.tables = new Map(model.get("tables").map((table) => [table.id, table]));
    this.axis = model.get("x_axis");
    this.measure = model.get("y_axis");
    this.curves = model.get("curves");
    this.x = model.get("x");
    this.pose = { ...model.get("pose") };
    this.others = [...new Set(this.curves.flatMap((curve) => this.tables.get(curve.table).axes.map(({ angle }) => angle)
      .filter((angle) => angle !== this.axis.angle && !(angle in curve.fixed))))];
    this.build();
    this.cleanups.push(keepKeys(el));
    this.on("change:x", () => { if (!this.held) this.go(model.get("x"), "kernel"); });
    this.on("change:pose", () => { this.pose = { ...model.get("pose") }; this.draw(); });
    this.on("change:figure", () => this.follow());
    const seen = new ResizeObserver(() => { if (Math.abs(el.clientWidth - (this.drawnAt ?? 0)) > 1) this.draw(); });
    seen.observe(el);
    this.cleanups.push(() => seen.disconnect());
    this.follow();
    el.dataset.state = "ready";
  }

  end() {
    this.over = true;
    clearTimeout(this.timer);
    this.unfollow?.();
    for (const clean of this.cleanups.splice(0).reverse()) clean();
  }

  on(event, act) {
    this.model.on(event, act);
    this.cleanups.push(() => this.model.off(event, act));
  }

  listen(target, type, act, options) {
    target.addEventListener(type, act, options);
    this.cleanups.push(() => target.removeEventListener(type, act, options));
  }

  // ------------------------------------------------------------------ what the lines say

  // A number of a table between its points, by straight lines along each axis; beyond them, that of the end.
  look(table, pose) {
    const places = table.axes.map(({ angle, at }) => {
      const value = clamp(pose[angle] ?? 0, at[0], at.at(-1));
      let low = 0;
      while (low < at.length - 2 && at[low + 1] <= value) low += 1;
      return { low, size: at.length, share: (value - at[low]) / (at[low + 1] - at[low]) };
    });
    let total = 0;
    for (let corner = 0; corner < 2 ** places.length; corner += 1) {
      let weight = 1;
      let index = table.start;
      let stride = 1;
      for (let k = places.length - 1; k >= 0; k -= 1) {
        const { low, size, share } = places[k];
        const step = (corner >> k) & 1;
        weight *= step ? share : 1 - share;
        index += stride * (low + step);
        stride *= size;
      }
      if (weight) total += weight * this.numbers[index];
    }
    return total;
  }

  value(curve, x) {
    return this.look(this.tables.get(curve.table), { ...this.pose, ...curve.fixed, [this.axis.angle]: x });
  }

  points(curve) {
    const { low, high, angle } = this.axis;
    const own = this.tables.get(curve.table).axes.find((axis) => axis.angle === angle).at;
    return [low, ...own.filter((at) => at > low && at < high), high].map((x) => [x, this.value(curve, x)]);
  }

  label(curve) {
    return curve.label.replace(/\{(\w+)\}/g, (_, angle) => whole(this.pose[angle] ?? 0));
  }

  shown() {
    return this.curves.filter(({ group }) => !this.hidden.has(group));
  }

  amount(value) {
    const { unit, whole: all, above, below, is_difference: isDifference } = this.measure;
    const difference = all && !isDifference ? value - all : value;
    let size = `${number(above ? Math.abs(difference) : difference)}${THIN}${unit}`;
    if (all) size += ` (${number((100 * Math.abs(difference)) / all)}${THIN}%)`;
    if (above && Math.abs(difference) >= 0.05) size += ` ${difference > 0 ? above : below}`;
    return all && !isDifference ? `${number(value)}${THIN}${unit}, ${size}` : size;
  }

  says() {
    let read = this.shown().filter(({ point }) => point).map((curve) => [this.value(curve, this.x), curve]);
    const { most } = this.measure;
    if (most) read = read.sort(([a], [b]) => b - a).slice(0, most);
    const told = read.map(([value, curve]) => `${this.label(curve).replace(/^now: /, "")}: ${this.amount(value)}`).join("; ");
    const off = this.beyond === null ? "" : ` The figure stands at ${whole(this.beyond)}°, beyond this chart.`;
    return `${this.axis.title} ${whole(this.x)}°. ${most && read.length ? `Most: ${told}` : capital(told)}.${off}`;
  }

  // ------------------------------------------------------------------ the page

  build() {
    const { model, el, axis } = this;
    const name = `itband-chart-${Math.random().toString(36).slice(2, 9)}`;
    this.slide = element("div", {
      class: "itband-slide", role: "slider", tabindex: "0", "aria-label": axis.title, "aria-describedby": `${name}-what`,
      "aria-valuemin": axis.low, "aria-valuemax": axis.high,
    });
    this.readout = element("p", { class: "itband-readout" });
    this.status = element("p", { class: "itband-heard", role: "status" });
    this.keep = button("Keep this curve", () => this.keepNow());
    this.clear = button("Remove what is kept", () => { this.kept = []; this.draw(); this.keep.focus(); this.tell("Nothing is kept."); });
    const groups = [...new Set(this.curves.map(({ group }) => group).filter(Boolean))].map((group) => {
      const made = button(group, () => {
        this.hidden[this.hidden.has(group) ? "delete" : "add"](group);
        made.setAttribute("aria-pressed", String(!this.hidden.has(group)));
        this.draw();
      }, { "aria-pressed": "true" });
      return made;
    });
    this.table = element("table", {});
    const scroll = element("div", { class: "itband-scroll", tabindex: "0", role: "region", "aria-label": "Table of the chart" }, this.table);
    this.details = element("details", {}, element("summary", {}, "Show as a table"), scroll);
    this.listen(this.details, "toggle", () => this.fill());
    const read = element("details", {}, element("summary", {}, "Source and reading"),
      element("p", { class: "itband-source" }, model.get("source")),
      element("ul", {}, ...model.get("to_read").map(citation)));
    const { title, unit, is_difference: isDifference, whole: all } = this.measure;
    this.keeping = element("div", { class: "itband-row" }, this.keep, this.clear);
    el.setAttribute("role", "group");
    el.setAttribute("aria-labelledby", `${name}-title`);
    el.replaceChildren(
      element("p", { class: "itband-question" }, model.get("question")),
      element("p", { class: "itband-title", id: `${name}-title` }, model.get("title")),
      element("p", { class: "itband-heard", id: `${name}-what` }, model.get("alternative")),
      ...(groups.length > 1 ? [element("div", { class: "itband-row", role: "group", "aria-label": "Show" }, ...groups)] : []),
      element("p", { class: "itband-axis" }, `${title}, ${unit}${isDifference && all ? " (% of standing)" : ""}`),
      this.slide, this.readout, this.status,
      this.keeping,
      element("div", { class: "itband-said" },
        element("p", { class: "itband-agrees" }, element("strong", {}, "Beside what was published: "), model.get("agrees")),
        element("p", { class: "itband-cannot" }, element("strong", {}, "What the model cannot say: "), model.get("cannot"))),
      this.details, read,
    );
    this.listen(this.slide, "keydown", (event) => this.onKey(event));
    this.listen(this.slide, "pointerdown", (event) => this.onDown(event));
    this.listen(this.slide, "pointermove", (event) => { if (this.held) this.go(this.under(event), "hand"); });
    for (const type of ["pointerup", "pointercancel"]) this.listen(this.slide, type, () => this.release());
  }

  draw() {
    const width = this.el.clientWidth - 8;
    if (width < 100) return;
    this.drawnAt = this.el.clientWidth;
    const { axis, measure } = this;
    const shares = Boolean(measure.is_difference && measure.whole);
    const shown = this.shown();
    const strip = this.model.get("published").filter(({ label }) => label);
    const room = clamp(Math.max(...this.curves.map((curve) => this.label(curve).length)) * LETTER + 32, 70, width * 0.36);
    const left = shares ? 92 : 42;
    const right = width - room;
    const rows = strip.map((one) => this.row(one, left, right, width));
    const top = rows.reduce((sum, row) => sum + row.lines.length * LEADING + 6, 0) + 10;
    const height = top + measure.height - 60 + 46;
    const bottom = height - 46;
    this.place = { left, right };
    const across = (x) => left + ((x - axis.low) / (axis.high - axis.low)) * (right - left);
    const { levels, least, most } = this.range(shown);
    const up = (y) => bottom - ((y - least) / (most - least)) * (bottom - top);
    const parts = [];

    let level = 8;
    for (const { one, lines, low, high, x } of rows) {
      if (one.low !== null) {
        parts.push(shape("rect", { x: low, y: level, width: high - low, height: bottom - level, fill: "var(--itband-quiet)", opacity: 0.16 }));
      } else {
        parts.push(line(across(one.at), level, across(one.at), bottom, "var(--itband-quiet)", { "stroke-dasharray": "2 4" }),
          shape("path", { d: `M${across(one.at)} ${level - 5}l5 5l-5 5l-5 -5z`, fill: "var(--itband-text)" }));
      }
      parts.push(line(low, level, high, level, "var(--itband-text)", { "stroke-width": 2 }));
      lines.forEach((words, at) => parts.push(write(x, level + 4 + at * LEADING, words)));
      level += lines.length * LEADING + 6;
    }

    for (const y of levels) {
      parts.push(line(left, up(y), right, up(y), Math.abs(y) < 1e-9 ? "var(--itband-edge)" : "var(--itband-line)"));
      const share = shares && Math.abs(y) > 1e-9 ? ` (${number((100 * y) / measure.whole)}${THIN}%)` : "";
      parts.push(write(left - 7, up(y) + 4, whole(y) + share, { "text-anchor": "end", class: "itband-faint" }));
    }
    parts.push(line(left, bottom, right, bottom, "var(--itband-edge)"));
    const every = (right - left) / ((axis.high - axis.low) / axis.tick) < 34 ? 2 : 1;
    for (let x = axis.low, at = 0; x <= axis.high + 1e-9; x += axis.tick, at += 1) {
      parts.push(line(across(x), bottom, across(x), bottom + 5, "var(--itband-edge)"));
      if (at % every === 0) parts.push(write(across(x), bottom + 19, `${whole(x)}°`, { "text-anchor": "middle", class: "itband-faint" }));
    }
    parts.push(write((left + right) / 2, bottom + 38, `${axis.title}, degrees`, { "text-anchor": "middle", class: "itband-faint" }));

    const ends = [];
    const trace = (points, look, words, bold) => {
      const inside = points.map(([x, y]) => `${across(x).toFixed(1)},${up(y).toFixed(1)}`);
      parts.push(shape("polyline", { points: inside.join(" "), fill: "none", "stroke-linecap": "round", ...look }));
      if (words) ends.push({ y: up(points.at(-1)[1]), words, bold });
    };
    for (const { lines, label } of this.kept) {
      lines.forEach(({ points, group }, at) => {
        if (this.hidden.has(group)) return;
        trace(points, { stroke: "var(--itband-text)", "stroke-width": 1.5, "stroke-dasharray": "1 4", "data-kept": "" },
          at === 0 && lines.length === 1 ? label : "");
      });
    }
    for (const curve of shown) {
      const main = curve.point && !curve.group;
      const colour = `var(--itband-${curve.tone})`;
      if (curve.tone === "band") trace(this.points(curve), { stroke: "var(--itband-text)", "stroke-width": main ? 5.5 : 4 }, ""); // gold is pale: ink lies beneath it
      trace(this.points(curve), {
        stroke: colour, "stroke-width": main ? 3.5 : 2, "data-curve": curve.id,
        ...(curve.dashes ? { "stroke-dasharray": curve.dashes } : {}),
      }, this.label(curve), main);
    }
    parts.push(line(across(this.x), top, across(this.x), bottom, "var(--itband-accent)", { "stroke-width": 1.5 }));
    for (const curve of shown.filter(({ point }) => point)) {
      parts.push(shape("circle", {
        cx: across(this.x), cy: up(this.value(curve, this.x)), r: curve.group ? 4 : 7,
        fill: "var(--itband-page)", stroke: "var(--itband-accent)", "stroke-width": 3, "data-point": curve.id,
      }));
    }

    ends.sort((a, b) => a.y - b.y);
    for (const end of ends) end.lines = wrapped(end.words, (room - 30) / LETTER);
    const places = spread(ends.map(({ y, lines }) => y - ((lines.length - 1) * LEADING) / 2), ends.map(({ lines }) => lines.length * LEADING - 1), top - 4, bottom + 6);
    ends.forEach(({ y, lines, bold }, at) => {
      const middle = places[at] + ((lines.length - 1) * LEADING) / 2;
      if (Math.abs(middle - y) > 2) parts.push(line(right + 2, y, right + 10, middle, "var(--itband-edge)", { "stroke-width": 0.8 }));
      lines.forEach((words, n) => parts.push(write(right + 13, places[at] + 4 + n * LEADING, words, bold ? { class: "itband-bold" } : {})));
    });

    const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, height, "aria-hidden": "true", focusable: "false" });
    svg.append(...parts);
    this.slide.replaceChildren(svg);
    const says = this.says();
    this.slide.setAttribute("aria-valuenow", Math.round(this.x * 10) / 10);
    this.slide.setAttribute("aria-valuetext", says);
    put(this.readout, says);
    // Without a figure no other angle moves, so that there is nothing to compare.
    this.keeping.hidden = !this.others.length || !(this.model.get("figure") || Object.keys(this.pose).length);
    this.clear.disabled = this.kept.length === 0;
    if (this.details.open) this.fill();
  }

  // The numbers beside the vertical axis, and its ends: wider where a line of this pose needs it.
  range(shown) {
    const { low, high, tick } = this.measure;
    const found = [...shown.flatMap((curve) => this.points(curve)), ...this.kept.flatMap(({ lines }) => lines.flatMap(({ points }) => points))]
      .map(([, y]) => y);
    let every = tick;
    const least = Math.min(low, tick * Math.floor(Math.min(...found) / tick + 1e-6));
    const most = Math.max(high, tick * Math.ceil(Math.max(...found) / tick - 1e-6));
    while ((most - least) / every > MOST_TICKS) every *= 2;
    const levels = [];
    for (let y = every * Math.ceil(least / every - 1e-6); y <= most + 1e-6; y += every) levels.push(y);
    return { levels, least, most };
  }

  // Where a published figure stands above the chart, and its words beside it.
  row(one, left, right, width) {
    const across = (x) => left + ((x - this.axis.low) / (this.axis.high - this.axis.low)) * (right - left);
    const low = across(one.low ?? one.at - one.spread);
    const high = across(one.high ?? one.at + one.spread);
    const x = Math.max(high, across(one.at ?? 0) + 6) + 8;
    return { one, low, high, x, lines: wrapped(one.label, (width - x) / LETTER) };
  }

  fill() {
    const { axis, measure } = this;
    if (!this.details.open) return;
    const shown = this.shown();
    const xs = [];
    for (let x = axis.low; x <= axis.high + 1e-9; x += axis.tick) xs.push(x);
    const head = element("tr", {}, element("th", { scope: "col" }, axis.title),
      ...shown.map((curve) => element("th", { scope: "col" }, this.label(curve))));
    const rows = xs.map((x) => element("tr", {}, element("th", { scope: "row" }, `${whole(x)}°`),
      ...shown.map((curve) => element("td", {}, number(this.value(curve, x))))));
    this.table.replaceChildren(element("caption", {}, `${measure.title}, ${measure.unit}`),
      element("thead", {}, head), element("tbody", {}, ...rows));
  }

  // ------------------------------------------------------------------ what is done

  // The point goes to x. `by`: «hand» (it is held), «key», «figure» or «kernel».
  go(x, by) {
    const { low, high } = this.axis;
    const steps = by === "hand" || by === "key" ? 1 : 10;
    const next = clamp(Math.round(x * steps) / steps, low, high);
    const same = next === this.x;
    this.x = next;
    if (by !== "figure") this.beyond = null;
    if (!same || by === "figure") this.draw();
    if (same && by !== "figure") return;
    if (by !== "figure") this.push(by === "hand");
    if (by !== "kernel") this.rest(by);
  }

  under(event) {
    const box = this.slide.getBoundingClientRect();
    const { left, right } = this.place;
    const { low, high } = this.axis;
    return low + ((event.clientX - box.left - left) / (right - left)) * (high - low);
  }

  onDown(event) {
    if (event.button !== 0) return;
    this.held = true;
    this.slide.setPointerCapture(event.pointerId);
    this.slide.focus({ preventScroll: true });
    event.preventDefault();
    this.go(this.under(event), "hand");
  }

  release() {
    if (!this.held) return;
    this.held = false;
    this.rest("hand");
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { low, high } = this.axis;
    const to = {
      ArrowRight: this.x + 1, ArrowUp: this.x + 1, ArrowLeft: this.x - 1, ArrowDown: this.x - 1,
      PageUp: this.x + 10, PageDown: this.x - 10, Home: low, End: high,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.go(to, "key");
  }

  keepNow() {
    const lines = this.shown().filter(({ point }) => point).map((curve) => ({ points: this.points(curve), group: curve.group }));
    const words = this.others.filter((angle) => Math.round(this.pose[angle] ?? 0)).map((angle) => `${angle.replace("_", " ")} ${whole(this.pose[angle])}°`);
    const label = `kept: ${words.join(", ") || "others 0°"}`;
    this.kept = [...this.kept, { lines, label }].slice(-MOST_KEPT);
    this.draw();
    this.tell(`${label.replace("kept: ", "Kept for comparison: ")}.`);
  }

  tell(text) {
    put(this.status, text);
  }

  // ------------------------------------------------------------------ figure and kernel

  // The linked figure, whatever shows it: its model tells what it is once it rests, its stages what it is right now.
  async follow() {
    this.unfollow?.();
    this.unfollow = null;
    this.figure = null;
    const ref = this.model.get("figure");
    this.draw();
    if (!ref) return;
    const figure = await figureOf(this.model, ref);
    if (this.over || ref !== this.model.get("figure")) return;
    this.figure = figure;
    const look = () => this.meet().then(() => this.read());
    const moved = ({ target }) => {
      if (!this.stages.length) look();
      else if (this.stages.includes(target)) requestAnimationFrame(() => this.read());
    };
    // As long as any pointer is down, on figure or chart, a hand may go on: nobody tells the kernel.
    const hand = ({ type }) => { this.down = type === "pointerdown"; };
    const events = [[MOVED, moved], ...["pointerdown", "pointerup", "pointercancel"].map((type) => [type, hand])];
    for (const [type, act] of events) document.addEventListener(type, act, true);
    figure.on("change:state", look);
    this.unfollow = () => {
      for (const [type, act] of events) document.removeEventListener(type, act, true);
      figure.off("change:state", look);
    };
    look();
  }

  async meet() {
    this.stages = await stagesOf(this.figure);
  }

  state() {
    const live = this.stages.find((el) => el.isConnected && el.itbandFigure);
    return live ? live.itbandFigure.state() : this.figure.get("state");
  }

  // From the figure to the chart.
  read() {
    if (this.over || !this.figure || this.held) return;
    const { angles } = this.state();
    const names = this.model.get("names");
    const pose = Object.fromEntries(this.others.filter((own) => names[own]).map((own) => [own, angles[names[own]] ?? 0])
      .filter(([, value]) => value));
    const x = angles[names[this.axis.angle]] ?? 0;
    const { low, high } = this.axis;
    const beyond = x < low - 0.5 || x > high + 0.5 ? x : null;
    if (clamp(Math.round(x * 10) / 10, low, high) === this.x && beyond === this.beyond && same(pose, this.pose)) return;
    this.pose = pose;
    this.beyond = beyond;
    this.go(x, "figure");
  }

  // From the chart to the figure: at once while a hand moves it, else as smoothly as the figure likes.
  push(isHeld) {
    if (!this.figure) return;
    const state = this.state();
    const names = this.model.get("names");
    const angles = { ...state.angles };
    for (const own of [this.axis.angle, ...this.axis.also]) if (names[own]) angles[names[own]] = this.x;
    const live = this.stages.filter((el) => el.itbandFigure);
    // Not through the model: the kernel's late echo of what was sent before would take the figure back.
    for (const el of live) el.itbandFigure[isHeld ? "moveTo" : "goTo"](angles);
    if (!live.length) this.figure.set("state", { ...state, angles: tidy(angles) });
  }

  rest(by) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.over) return;
      if (this.held || this.down) this.rest(by);
      else this.settle(by);
    }, REST_MS);
  }

  settle(by) {
    // Whoever moves the slider hears its value from the slider.
    if (by === "figure") this.tell(this.says());
    try {
      if (this.figure && by !== "figure") {
        // The movement is over: the eye steps back if the leg has left the picture.
        if (by === "hand") for (const el of this.stages) el.itbandFigure?.settle();
        const state = this.state();
        this.figure.set("state", { ...state, angles: tidy(state.angles) });
        this.figure.save_changes();
      }
      this.model.set("x", this.x);
      this.model.set("pose", this.pose);
      this.model.save_changes();
    } catch {
      // The kernel is gone; the chart goes on without it.
    }
  }
}

// ---------------------------------------------------------------------- helpers

function shape(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function line(x1, y1, x2, y2, stroke, more = {}) {
  return shape("line", { x1, y1, x2, y2, stroke, ...more });
}

function write(x, y, words, more = {}) {
  const node = shape("text", { x, y, ...more });
  node.textContent = words;
  return node;
}

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

function number(value) {
  const text = (Math.round(value * 10) / 10).toFixed(1);
  return (text === "-0.0" ? "0.0" : text).replace("-", "−");
}

function whole(value) {
  return String(Math.round(value) + 0).replace("-", "−");
}

function wrapped(words, letters) {
  const lines = [""];
  for (const word of words.split(" ")) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (longer.length <= letters || !lines.at(-1)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

// Places near those wanted, in the same order, each with its own room, between top and bottom as far as possible.
function spread(wanted, sizes, top, bottom) {
  const places = [...wanted];
  for (let round = 0; round < 60; round += 1) {
    let moved = false;
    for (let at = 0; at + 1 < places.length; at += 1) {
      const lack = sizes[at] - (places[at + 1] - places[at]);
      if (lack > 0.01) {
        places[at] -= lack / 2;
        places[at + 1] += lack / 2;
        moved = true;
      }
    }
    let floor = top;
    places.forEach((place, at) => { places[at] = Math.max(place, floor); floor += sizes[at]; });
    let ceiling = bottom;
    for (let at = places.length - 1; at >= 0; at -= 1) {
      ceiling -= sizes[at];
      places[at] = Math.min(places[at], ceiling + LEADING);
    }
    if (!moved) break;
  }
  return places;
}

export default { render };
