// Findings to weigh: what is ticked goes to the kernel, which knows the rules, and comes back as decisions and reasons.
// The first answer is shown only after the student's own two decisions.

import { bodyMap } from "./card/bodymap.js";
import { whenLate } from "./card/reply.js";
import { choiceRows } from "./card/rows.js";
import { button, capital, citation, element, keepKeys, put } from "./dom.js";

const BEFORE = "What the rules say is marked here as soon as you have decided.";
const AFTER = "Now change a finding, and see whether it moves a decision.";
const SILENT = "No answer came: press Run All. Nothing of yours is lost.";

function render({ model, el }) {
  const panel = new Panel(model, el);
  return () => panel.end();
}

class Panel {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.name = `itband-weighing-${Math.random().toString(36).slice(2, 9)}`;
    this.mine = null; // the student's two levels for the findings that are ticked now
    this.shows = false; // whether the rules' answer is shown
    this.before = null; // what the rules said before the last change
    this.nonce = 0;
    this.build();
    this.release = keepKeys(el);
    this.onTold = () => this.told();
    model.on("change:told", this.onTold);
    el.dataset.state = "ready";
  }

  end() {
    clearInterval(this.late);
    this.release();
    this.model.off("change:told", this.onTold);
  }

  build() {
    const { model, name, el } = this;
    el.classList.add("itband-weighing");
    const offers = model.get("offers");
    const pair = model.get("switch");
    const ticks = choiceRows("checkbox", `${name}-found`, offers);
    const one = choiceRows("radio", `${name}-one`, pair);
    for (const input of ticks.inputs) input.checked = model.get("chosen").includes(input.value);
    if (one.inputs.length) one.inputs[0].checked = true;
    this.inputs = [...ticks.inputs, ...one.inputs];
    for (const input of this.inputs) input.addEventListener("change", () => this.changed());

    const parts = [];
    if (pair.length) parts.push(element("fieldset", { class: "itband-part" }, element("legend", {}, "One of these holds"), one.node));
    if (offers.length) {
      const legend = pair.length ? "And what else is there" : "What there is";
      parts.push(element("fieldset", { class: "itband-part" }, element("legend", {}, legend), ticks.node));
    }

    this.selects = model.get("scales").map((scale) => {
      const id = `${name}-${scale.id}`;
      const select = element("select", { id, "data-scale": scale.id }, element("option", { value: "" }, "Decide…"),
        ...scale.levels.map(([value, words]) => element("option", { value }, words)));
      select.addEventListener("change", () => put(this.hint, ""));
      return { id: scale.id, select, node: element("div", { class: "itband-pick" }, element("label", { for: id }, scale.title), select) };
    });
    this.hint = element("p", { class: "itband-hint", role: "status" });
    this.show = button("Show what the rules say", () => this.reveal(), { class: "itband-button" });
    this.again = button("Hide it and decide anew", () => this.hide(), { class: "itband-button" });
    this.again.hidden = true;
    const decide = element("div", { class: "itband-part" }, element("p", { class: "itband-head" }, "What do you decide?"),
      ...this.selects.map(({ node }) => node), this.hint, element("div", { class: "itband-buttons" }, this.show, this.again));

    this.ruled = element("div", { class: "itband-ruled", tabindex: "-1" });
    this.changes = element("p", { class: "itband-changes", role: "status" }, BEFORE);
    this.map = bodyMap(model.get("picture"), name, { choose: (place) => this.point(place), light: (place, on) => this.point(on ? place : null) });
    this.pointed = element("p", { class: "itband-pointed", "aria-hidden": "true" });
    this.whose = element("p", { class: "itband-head" });
    this.body = element("div", { class: "itband-shown" }, this.whose,
      this.map.node, this.pointed, this.key());
    this.why = element("div", { class: "itband-why" });
    el.replaceChildren(
      element("p", { class: "itband-title" }, model.get("prompt")),
      element("div", { class: "itband-halves" },
        element("div", { class: "itband-mine" }, ...parts, decide),
        element("div", { class: "itband-theirs" }, this.ruled, this.changes, this.body)),
      this.why);
    this.draw(null);
  }

  // What the three kinds of hatching mean.
  key() {
    const words = Object.fromEntries(this.model.get("degrees"));
    return element("ul", { class: "itband-key" }, ...Object.entries(words).map(([degree, text]) =>
      element("li", {}, element("span", { class: "itband-swatch", "data-degree": degree, "aria-hidden": "true" }), capital(text))));
  }

  found() {
    return this.inputs.filter((input) => input.checked && input.value).map((input) => input.value);
  }

  // Other findings than those that were decided on: the student's decision is no longer about them.
  changed() {
    this.mine = null;
    if (this.shows) this.ask();
  }

  reveal() {
    const open = this.selects.filter(({ select }) => !select.value);
    if (open.length) {
      put(this.hint, "First decide on both scales. A guess is enough: it is not recorded.");
      open[0].select.focus();
      return;
    }
    this.mine = Object.fromEntries(this.selects.map(({ id, select }) => [id, select.value]));
    this.before = null;
    this.ask(true);
  }

  hide() {
    this.shows = false;
    this.mine = this.before = null;
    for (const { select } of this.selects) select.value = "";
    put(this.changes, BEFORE);
    this.draw(null);
    this.selects[0].select.focus();
  }

  ask(first = false) {
    this.nonce += 1;
    this.wantsFocus = first;
    put(this.hint, "");
    clearInterval(this.late);
    this.late = whenLate(() => put(this.hint, SILENT));
    this.model.set("asked", { nonce: this.nonce, found: this.found(), mine: this.mine });
    this.model.save_changes();
  }

  told() {
    const told = this.model.get("told");
    if (told.nonce !== this.nonce) return;
    clearInterval(this.late);
    put(this.hint, "");
    this.shows = true;
    put(this.changes, this.difference(told));
    this.before = told;
    this.draw(told);
    if (this.wantsFocus) this.ruled.focus({ preventScroll: true });
    this.wantsFocus = false;
  }

  difference(told) {
    if (!this.before) return AFTER;
    const moved = this.model.get("scales").filter(({ id }) => this.before[id] !== told[id]).map((scale) => {
      const words = Object.fromEntries(scale.levels);
      return `${scale.title}: from «${words[this.before[scale.id]]}» to «${words[told[scale.id]]}».`;
    });
    return moved.length ? `This change moves the decision. ${moved.join(" ")}` : "This change moves neither decision.";
  }

  draw(told) {
    this.el.toggleAttribute("data-shown", Boolean(told));
    this.show.hidden = Boolean(told);
    this.again.hidden = !told;
    for (const { select } of this.selects) select.disabled = Boolean(told);
    this.ruled.replaceChildren(...this.decisions(told));
    put(this.whose, told ? "Where the hands keep off in this client" : "Where the hands keep off in every client");
    this.places = told ? told.no_go : this.model.get("always");
    for (const [place, shapes] of Object.entries(this.map.drawings)) {
      for (const { area } of shapes) {
        if (this.places[place]) area.setAttribute("data-degree", this.places[place]);
        else area.removeAttribute("data-degree");
      }
    }
    this.why.replaceChildren(...(told ? this.reasons(told) : []));
  }

  point(place) {
    const degree = Object.fromEntries(this.model.get("degrees"))[this.places[place]];
    put(this.pointed, place ? `${this.model.get("places")[place]}: ${degree ?? "free"}` : "");
  }

  // Both scales, with the rules' level and the student's; before the answer the scales alone, so that nothing jumps.
  decisions(told) {
    return this.model.get("scales").map((scale) => {
      const how = told?.compared.find((one) => one.scale === scale.id);
      const rows = scale.levels.map(([level, words]) => {
        const tags = [];
        if (level === told?.[scale.id]) tags.push(element("strong", {}, "the rules"));
        if (how && level === this.mine?.[scale.id]) tags.push(element("span", {}, "you"));
        const row = element("li", {}, element("span", {}, words),
          element("span", { class: "itband-tags" }, ...tags.flatMap((tag, at) => (at ? [" · ", tag] : [tag]))));
        row.toggleAttribute("data-ruled", level === told?.[scale.id]);
        return row;
      });
      return element("div", { class: "itband-decision" }, element("p", { class: "itband-head" }, scale.title),
        element("ol", {}, ...rows),
        how ? element("p", { class: "itband-mark", "data-verdict": how.verdict }, how.says) : element("p", { class: "itband-room" }));
    });
  }

  reasons(told) {
    const words = Object.fromEntries(this.model.get("degrees"));
    const read = (one) => (one.read.length ? [element("details", {}, element("summary", {}, "To read"), sources(one.read))] : []);
    const rules = told.rules.map((one) => element("li", {},
      element("p", {}, element("strong", {}, one.because), ` → ${one.asks.join(" · ")}`,
        ...(one.decides.length ? [element("span", { class: "itband-quiet" }, ` Decides: ${one.decides.map((title) => title.toLowerCase()).join("; ")}.`)] : [])),
      element("p", {}, one.says, ...(one.basis ? [element("span", { class: "itband-quiet" }, ` (${one.basis})`)] : [])),
      ...(one.tell ? [element("p", {}, element("em", {}, "What the client hears: "), one.tell)] : []),
      ...(one.varies ? [element("p", { class: "itband-quiet" }, one.varies)] : []), ...read(one)));
    const closed = told.closed.filter((place) => !place.always).map((place) =>
      element("li", {}, element("strong", {}, `${capital(place.area)}: ${words[place.degree]}.`), ` ${place.why}`));
    const always = told.closed.filter((place) => place.always).map((place) =>
      element("li", {}, element("strong", {}, `${capital(place.area)}: ${words[place.degree]}.`), ` ${place.why}`));
    const out = told.excluded.map((one) =>
      element("li", {}, element("strong", {}, one.names), `${one.where ? `, ${one.where}` : ""}. ${one.why}`));
    const disputes = told.disputes.map((one) => element("details", {}, element("summary", {}, one.name),
      element("ul", {}, ...one.sides.map((side) => element("li", {}, side.says,
        ...(side.basis ? [element("span", { class: "itband-quiet" }, ` (${side.basis})`)] : [])))),
      element("p", {}, element("em", {}, "This course meanwhile: "), one.course),
      sources(one.sides.flatMap((side) => side.read))));
    const head = (text) => element("p", { class: "itband-head" }, text);
    return [
      head("Why: each rule that applies"),
      rules.length ? element("ul", { class: "itband-rules" }, ...rules)
        : element("p", {}, "No rule asks for anything here. You still ask the screen card, and decide."),
      ...(told.unruled.length ? [element("p", {}, `The rules do not speak of: ${told.unruled.join("; ")}. You decide.`)] : []),
      ...(closed.length ? [head("Places left alone in this client"), element("ul", {}, ...closed)] : []),
      ...(out.length ? [head("Left out"), element("ul", {}, ...out)] : []),
      ...(disputes.length ? [head("Here sources disagree: open each to read both sides"), ...disputes] : []),
      element("details", {}, element("summary", {}, "Places that are kept from hard pressure in every client"), element("ul", {}, ...always)),
    ];
  }
}

function sources(read) {
  return element("ul", {}, ...read.map(citation));
}

export default { render };
