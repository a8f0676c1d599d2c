// A plan of self-massage on the body map. Places, tool, amounts and the stage of the knee are chosen here; the kernel keeps
// them and answers by its rules.

import { bodyMap } from "./card/bodymap.js";
import { AnsweredPanel, remarkRow, toRead, widgetOf } from "./answered.js";
import { button, capital, element, put } from "./dom.js";

class Panel extends AnsweredPanel {
  constructor(model, el) {
    super(model, el, "itband-coach");
  }

  build() {
    const { sheet, name } = this;
    const { dispute } = sheet;
    this.map = bodyMap(sheet.picture, name, { choose: (place) => this.take("place", place), light: (place, on) => this.light(place, on) });
    this.pointed = element("p", { class: "itband-pointed", "aria-hidden": "true" });
    this.marks = {};
    const places = this.choices("place", "Where", [{ id: "", text: "nowhere: no self-massage at all" }, ...sheet.places]);
    places.classList.add("itband-places");
    this.status = element("p", { class: "itband-status", role: "status" });
    this.answer = element("div", { class: "itband-answer", tabindex: "-1", "aria-live": "polite" });
    this.el.replaceChildren(
      element("p", { class: "itband-title" }, "Self-massage beside a sore outer knee"),
      element("p", {}, sheet.about),
      this.choices("stage", "The outer knee is", sheet.stages),
      element("div", { class: "itband-halves" },
        element("div", {}, this.map.node, this.pointed,
          element("p", { class: "itband-key" }, element("span", { class: "itband-swatch", "aria-hidden": "true" }), "Hatched: closed to pressure")),
        places),
      this.tool(), ...sheet.amounts.map((amount) => this.slider(amount)),
      element("div", { class: "itband-row" },
        button("Ask the coach", () => this.ask(), { class: "itband-button", "data-act": "ask" })),
      this.status, this.answer,
      element("p", { class: "itband-headline" }, `${dispute.name}: sources disagree`),
      element("ul", { class: "itband-sides" }, ...dispute.sides.map((side) => element("li", {}, side))),
      element("p", {}, `In this course: ${dispute.course}`));
  }

  choices(what, title, options) {
    const rows = options.map(({ id, text }) => {
      const input = element("input", { type: "radio", name: `${this.name}-${what}`, value: id, [`data-${what}`]: id });
      input.addEventListener("change", () => this.take(what, id));
      const mark = element("small", { class: "itband-quiet" });
      if (what === "place" && id) this.marks[id] = mark;
      const row = element("label", { class: "itband-choice" }, input, element("span", {}, capital(text), " ", mark));
      if (what === "place" && id) {
        row.addEventListener("pointerenter", () => this.light(id, true));
        row.addEventListener("pointerleave", () => this.light(id, false));
      }
      return row;
    });
    return element("fieldset", {}, element("legend", {}, title), ...rows);
  }

  tool() {
    const id = `${this.name}-tool`;
    this.select = element("select", { id, "data-pick": "tool" }, ...this.sheet.tools.map((one) => element("option", { value: one.id }, one.text)));
    this.select.addEventListener("change", () => this.take("tool", this.select.value));
    return element("div", { class: "itband-pick" }, element("label", { for: id }, "With"), this.select);
  }

  slider(amount) {
    const id = `${this.name}-${amount.id}`;
    const input = element("input", { type: "range", id, min: amount.low, max: amount.high, step: amount.step, "data-amount": amount.id });
    const output = element("output", { for: id });
    input.addEventListener("input", () => this.take(amount.id, Number(input.value)));
    (this.sliders ??= []).push({ amount, input, output });
    return element("div", { class: "itband-slider" }, element("label", { for: id }, amount.title), output, input);
  }

  // ------------------------------------------------------------------ what is done

  take(what, value) {
    this.record[what] = value;
    if (this.record.asked) {
      const headline = this.answer.querySelector(".itband-headline");
      if (headline) put(headline, "You changed it. Ask again.");
      this.answer.dataset.stale = "yes";
    }
    this.record.asked = false;
    this.draw();
    this.kept.soon();
  }

  light(place, on) {
    for (const { area } of this.map.drawings[place] ?? []) area.toggleAttribute("data-lit", on);
    const text = this.sheet.places.find(({ id }) => id === place)?.text ?? "";
    put(this.pointed, on ? `${capital(text)}${this.closed()[place] ? ", closed to pressure" : ""}` : "");
  }

  closed() {
    return this.sheet.closed[this.record.stage];
  }

  draw() {
    const { record } = this;
    for (const what of ["stage", "place"]) {
      for (const input of this.el.querySelectorAll(`[data-${what}]`)) {
        if (input.type === "radio") input.checked = input.value === record[what];
      }
    }
    this.select.value = record.tool;
    for (const { amount, input, output } of this.sliders) {
      input.value = record[amount.id];
      put(output, String(record[amount.id]));
    }
    for (const [place, shapes] of Object.entries(this.map.drawings)) {
      const isClosed = place in this.closed();
      for (const { area, dot } of shapes) {
        area.toggleAttribute("data-closed", isClosed);
        area.toggleAttribute("data-taken", place === record.place);
        dot.toggleAttribute("data-chosen", place === record.place);
      }
      put(this.marks[place], isClosed ? "· closed to pressure" : "");
    }
  }

  ask() {
    this.record.asked = true;
    this.asks = true;
    this.kept.now();
  }

  show(reply, first = false) {
    if (!reply.remarks || !this.record.asked) return;
    delete this.answer.dataset.stale;
    this.answer.replaceChildren(
      element("p", { class: "itband-headline", "data-good": reply.good }, reply.headline),
      element("ul", { class: "itband-remarks" }, ...reply.remarks.map((remark) => remarkRow(remark))), ...toRead(reply.remarks));
    if (this.asks && !first) this.answer.focus({ preventScroll: true });
    this.asks = false;
  }
}

export default widgetOf(Panel);
