// A test with the hands on a moving client: what is moved, what the hands feel, the inclinometer, and how far the reading
// was off. All sums are done here; the kernel hears of each checked reading, to keep it. Where a client is examined, above a
// card, both sides can be measured, nothing is checked, and the dial shows what this student reads: their own error included.

import { button, citation, drawn, element, keepKeys, number, put } from "./dom.js";
import { WAYS } from "./simulated.js";
import { MOVED } from "./pose.js";
import { figureOf, stagesOf } from "./stages.js";
import { whenLate } from "./card/reply.js";

const DIAL = { width: 240, height: 146, radius: 104 };

function render({ model, el }) {
  const panel = new Panel(model, el);
  panel.start();
  return () => panel.end();
}

class Panel {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.cleanups = [];
    this.bench = model.get("bench");
    this.name = `itband-simulator-${Math.random().toString(36).slice(2, 9)}`;
    this.met = 0; // clients so far
    this.checked = false;
    this.stages = []; // what the figure is shown in
    this.examines = Boolean(model.get("sides"));
    this.side = model.get("side");
  }

  start() {
    const { el, model } = this;
    el.classList.add("itband-simulator");
    el.dataset.test = this.bench.test;
    this.build();
    this.cleanups.push(keepKeys(el));
    for (const [event, act] of [["change:kept", () => this.tellKept()], ["change:problem", () => this.tellKept()]]) {
      model.on(event, act);
      this.cleanups.push(() => model.off(event, act));
    }
    this.next();
    if (this.examines) {
      const misread = () => { this.inputs[this.bench.slides.at(-1).id](this.set[this.bench.slides.at(-1).id]); this.move(); };
      model.on("change:sides", misread);
      this.cleanups.push(() => model.off("change:sides", misread));
    } else this.tellRuns();
    this.follow();
    el.dataset.state = "ready";
    el.itbandSimulator = { truth: () => this.truth, now: () => this.now(), set: () => ({ ...this.set }) };
  }

  end() {
    this.over = true;
    clearInterval(this.late);
    for (const clean of this.cleanups.splice(0).reverse()) clean();
    delete this.el.itbandSimulator;
  }

  async follow() {
    this.figure = await figureOf(this.model, this.model.get("figure"));
    if (this.over) return;
    // The figure tells of its first pose once it is drawn; from then on it can be moved.
    const meet = async () => {
      if (this.stages.some((el) => el.isConnected && el.itbandFigure)) return;
      this.stages = await stagesOf(this.figure);
      if (this.stages.length && !this.over) {
        if (this.examines) this.turn();
        this.move(true);
      }
    };
    document.addEventListener(MOVED, meet, true);
    this.cleanups.push(() => document.removeEventListener(MOVED, meet, true));
    meet();
  }

  // ------------------------------------------------------------------ the page

  build() {
    const { bench, model, name } = this;
    const about = model.get("about");
    const steps = element("details", {}, element("summary", {}, "How it is done, step by step"),
      element("ol", {}, ...about.steps.map((step) => element("li", {}, step))));
    const not = element("details", {}, element("summary", {}, "When not, and what it cannot say"),
      element("ul", {}, ...about.not_when.map((one) => element("li", {}, one))), element("p", {}, about.cannot_say),
      element("p", { class: "itband-quiet" }, "To read"),
      element("ul", {}, ...about.to_read.map(citation)));

    this.inputs = {};
    const rows = [
      ...bench.slides.slice(0, -1).map((slide) => this.slide(slide)),
      ...bench.picks.map((pick) => this.pick(pick)),
      ...bench.switches.map((one) => this.switch(one)),
      this.slide(bench.slides.at(-1)),
    ];
    this.dial = this.buildDial();
    this.felt = element("p", { class: "itband-felt", role: "status" });

    this.read = element("input", {
      type: "text", inputmode: "decimal", autocomplete: "off", id: `${name}-read`, "aria-describedby": `${name}-hint`,
    });
    this.hint = element("p", { class: "itband-hint", id: `${name}-hint`, role: "status" });
    this.check = button("Check my reading", () => this.judge(), { class: "itband-button" });
    this.read.addEventListener("keydown", (event) => { if (event.key === "Enter") this.judge(); });
    this.verdict = element("div", { class: "itband-verdict", tabindex: "-1", "aria-live": "polite" });
    this.another = button("Next client", () => { this.next(); this.focusFirst(); }, { class: "itband-button" });
    this.running = element("p", { class: "itband-running", role: "status" });
    this.kept = element("p", { class: "itband-status", role: "status" });

    this.client = element("h3", {});
    const controls = element("div", { class: "itband-controls" }, ...rows);
    if (this.examines) {
      this.el.replaceChildren(
        element("p", { class: "itband-title" }, model.get("title")),
        element("p", { class: "itband-quiet" }, `${bench.task} Do it on both sides, and record what you read in the card below.`),
        this.buildSides(), steps, not, this.client, controls, this.felt, this.dial.node);
      return;
    }
    this.el.replaceChildren(
      element("p", { class: "itband-title" }, model.get("title")),
      element("p", { class: "itband-quiet" }, `${bench.task} Read within ${model.get("within")}° of the true angle, `
        + `${model.get("runs")} times running.`),
      this.client, steps, not, controls, this.felt,
      element("div", { class: "itband-instrument" }, this.dial.node,
        element("div", { class: "itband-reading" },
          element("label", { for: this.read.id }, `Your reading: ${bench.reads.toLowerCase()}, in degrees (°)`), this.read, this.hint, this.check)),
      this.verdict, this.another, this.running, this.kept);
  }

  slide(slide) {
    const id = `${this.name}-${slide.id}`;
    const input = element("input", { type: "range", min: slide.low, max: slide.high, step: 1, id, "data-slide": slide.id });
    const output = element("output", { for: id });
    const show = () => {
      // The movement itself is read as the dial is.
      const value = Number(input.value) + (slide === this.bench.slides.at(-1) ? this.misread() : 0);
      put(output, `${number(value)}°`);
      input.setAttribute("aria-valuetext", `${number(value)} degrees`);
    };
    input.addEventListener("input", () => { show(); this.set[slide.id] = Number(input.value); this.move(); });
    // What the leg may do is settled by the client: the slider goes back to where the leg is.
    input.addEventListener("change", () => { this.settle(); });
    this.inputs[slide.id] = (value) => { input.value = value; show(); };
    return element("div", { class: "itband-slider" }, element("label", { for: id }, slide.title), output, input,
      element("span", { class: "itband-ends" }, element("span", {}, slide.less), element("span", {}, slide.more)));
  }

  switch(one) {
    const input = element("input", { type: "checkbox", "data-switch": one.id });
    input.addEventListener("change", () => { this.set[one.id] = input.checked; this.move(); });
    this.inputs[one.id] = (value) => { input.checked = value; };
    return element("label", { class: "itband-choice" }, input, element("span", {}, one.title));
  }

  pick(one) {
    const id = `${this.name}-${one.id}`;
    const select = element("select", { id, "data-pick": one.id },
      ...one.options.map(([value, words]) => element("option", { value }, words)));
    select.addEventListener("change", () => { this.set[one.id] = select.value; this.move(); });
    this.inputs[one.id] = (value) => { select.value = value; };
    return element("div", { class: "itband-pick" }, element("label", { for: id }, one.title), select);
  }

  buildDial() {
    const { width, height, radius } = DIAL;
    const [x, y] = [width / 2, height - 34];
    // Where 0 stands: upright for a thigh against the horizontal, at the left for a knee.
    const middle = ["side-lying", "thomas"].includes(this.bench.way) ? 90 : 0;
    const at = (degrees, r) => {
      const a = (degrees * Math.PI) / 180;
      return [x - r * Math.cos(a), y - r * Math.sin(a)];
    };
    const ticks = [];
    for (let degrees = 0; degrees <= 180; degrees += 10) {
      const [x1, y1] = at(degrees, radius);
      const [x2, y2] = at(degrees, radius - (degrees % 30 ? 6 : 12));
      ticks.push(drawn("line", { x1, y1, x2, y2, class: "itband-tick" }));
      if (degrees % 30) continue;
      const [tx, ty] = at(degrees, radius - 24);
      ticks.push(drawn("text", { x: tx, y: ty + 4, class: "itband-scale", "text-anchor": "middle" }, number(degrees - middle)));
    }
    const needle = drawn("line", { x1: x, y1: y, x2: x, y2: y - radius + 40, class: "itband-needle" });
    const figure = drawn("text", { x, y: y + 28, class: "itband-figures", "text-anchor": "middle" }, "");
    const svg = drawn("svg", { role: "img", viewBox: `0 0 ${width} ${height}`, "aria-label": "Inclinometer" },
      drawn("path", { class: "itband-face", d: `M${x - radius} ${y}A${radius} ${radius} 0 0 1 ${x + radius} ${y}z` }), ...ticks,
      needle, drawn("circle", { cx: x, cy: y, r: 4, class: "itband-pin" }), figure);
    const node = element("figure", { class: "itband-dial" }, svg, element("figcaption", {}, `Inclinometer: ${this.bench.reads.toLowerCase()}`));
    const show = (value, felt) => {
      needle.setAttribute("transform", `rotate(${value + middle - 90} ${x} ${y})`);
      put(figure, `${number(value)}°`);
      svg.setAttribute("aria-label", `Inclinometer: ${this.bench.reads.toLowerCase()} ${number(value)} degrees${felt ? `. ${felt}` : ""}`);
    };
    return { node, show };
  }

  buildSides() {
    const rows = Object.keys(this.model.get("sides")).map((side) => {
      const input = element("input", { type: "radio", name: `${this.name}-side`, value: side });
      input.checked = side === this.side;
      input.addEventListener("change", () => this.measure(side));
      return element("label", { class: "itband-choice" }, input, element("span", {}, `${side === "right" ? "Right" : "Left"} side`));
    });
    return element("fieldset", { class: "itband-sides" }, element("legend", {}, "Side that you measure"), ...rows);
  }

  // The client lies on the other side now, and everything begins anew.
  measure(side) {
    this.side = side;
    this.turn();
    this.next();
  }

  turn() {
    const look = this.model.get("sides")[this.side].look;
    this.figure?.set("state", { ...this.figure.get("state"), ...look });
    this.figure?.set("home", { ...this.figure.get("home"), ...look });
  }

  startAngles() {
    return this.examines ? this.model.get("sides")[this.side].look.angles : this.model.get("start");
  }

  // By how many degrees this student misreads.
  misread() {
    return this.examines ? this.model.get("sides")[this.side].error : 0;
  }

  focusFirst() {
    this.el.querySelector(".itband-controls input, .itband-controls select").focus();
  }

  // ------------------------------------------------------------------ the test

  next() {
    const { bench, model } = this;
    if (this.examines) this.truth = model.get("sides")[this.side].true;
    else this.truth = model.get("truths")[this.met] ?? bench.low + Math.floor(Math.random() * (bench.high - bench.low + 1));
    this.met += 1;
    this.checked = false;
    this.set = Object.fromEntries([
      ...bench.slides.map((slide) => [slide.id, slide.start]), ...bench.switches.map((one) => [one.id, false]),
      ...bench.picks.map((one) => [one.id, one.options[0][0]]),
    ]);
    for (const [id, value] of Object.entries(this.set)) this.inputs[id](value);
    if (this.examines) put(this.client, `${this.side === "right" ? "Right" : "Left"} side`);
    else this.greet();
    this.move(true);
  }

  greet() {
    this.read.value = "";
    this.read.disabled = this.check.disabled = false;
    put(this.client, `Client ${this.met}`);
    put(this.hint, "");
    this.verdict.replaceChildren();
    this.another.hidden = true;
  }

  now() {
    return WAYS[this.bench.way](this.set, this.truth, this.side, this.startAngles());
  }

  move(smoothly = false) {
    const now = this.now();
    const felt = this.examines && now.ended ? `${now.felt} ${this.model.get("sides")[this.side].at_end}`.trim() : now.felt;
    this.dial.show(now.reading + this.misread(), felt);
    put(this.felt, felt);
    this.push(now.angles, smoothly);
  }

  // The leg stops where the client stops it, and so does the slider.
  settle() {
    const { reached } = this.now();
    const last = this.bench.slides.at(-1).id;
    if (reached !== undefined && reached !== this.set[last]) {
      this.set[last] = reached;
      this.inputs[last](reached);
    }
    this.move();
  }

  push(changes, smoothly) {
    const angles = { ...this.startAngles(), ...changes };
    for (const el of this.stages) el.itbandFigure?.[smoothly ? "goTo" : "moveTo"](angles);
  }

  judge() {
    if (this.checked) return;
    const text = this.read.value.trim().replace(/°$/, "").trim().replace(/^[−–]/, "-").replace(",", ".");
    if (!/^[+-]?\d+(\.\d+)?$/.test(text)) {
      put(this.hint, "Write a number, such as 12.");
      this.read.focus();
      return;
    }
    const value = Number(text);
    const off = Math.round(value - this.truth);
    const found = this.now().faults(value);
    const good = Math.abs(off) <= this.model.get("within") && !found.some(({ spoils }) => spoils);
    this.checked = true;
    this.read.disabled = this.check.disabled = true;
    put(this.hint, "");
    const words = found.map(({ id, n }) => this.bench.faults[id].replace("{n}", number(n)));
    this.verdict.replaceChildren(
      element("p", { class: "itband-mark", "data-verdict": good ? "right" : "wrong" },
        element("strong", {}, good ? "Good reading. " : "Not yet. "),
        `You read ${number(value)}°, the true angle is ${number(this.truth)}°: ${off ? `${number(Math.abs(off))}° ${off > 0 ? "more" : "less"}` : "the same"}.`),
      ...words.map((one) => element("p", {}, one)));
    this.another.hidden = false;
    const before = this.model.get("record");
    const running = good ? before.running + 1 : 0;
    const record = { readings: before.readings + 1, running, done: before.done || running >= this.model.get("runs") };
    this.keep(record);
    this.tellRuns();
    this.verdict.focus({ preventScroll: true });
  }

  keep(record) {
    put(this.kept, "Saving…");
    clearInterval(this.late);
    this.late = whenLate(() => put(this.kept, "NOT saved: press Run All."));
    this.model.set("record", record);
    try {
      this.model.save_changes();
    } catch {
      clearInterval(this.late);
      put(this.kept, "NOT saved: press Run All.");
    }
  }

  tellKept() {
    if (this.model.get("problem")) {
      clearInterval(this.late);
      put(this.kept, this.model.get("problem"));
    } else if (this.model.get("kept") === this.model.get("record").readings) {
      clearInterval(this.late);
      put(this.kept, "Recorded.");
    }
  }

  tellRuns() {
    const { readings, running, done } = this.model.get("record");
    const runs = this.model.get("runs");
    this.el.toggleAttribute("data-done", done);
    const row = `${Math.min(running, runs)} of ${runs} good readings running`;
    put(this.running, done ? `Done: ${runs} good readings running. ${readings} readings in all; go on as long as you like.`
      : readings ? `${row}; ${readings === 1 ? "1 reading" : `${readings} readings`} so far.` : `${row}.`);
  }
}

export default { render };
