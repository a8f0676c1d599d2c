// Statements of clients, one after the other, into five bins. The clock only says how far somebody came; it can be
// paused or left off, and nothing is taken away when it runs out.

import { whenLate } from "./card/reply.js";
import { button, citation, element, keepKeys, put } from "./dom.js";

const NOT_SAVED = "NOT saved: press Run All.";
const WORDS = { right: "✓", careful: "◐", wrong: "✕" };

function render({ model, el }) {
  const panel = new Panel(model, el);
  return () => panel.end();
}

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

class Panel {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.all = model.get("statements");
    this.runs = false; // whether the clock runs
    this.started = Object.keys(this.done()).length > 0;
    this.build();
    this.cleanups = [keepKeys(el)];
    for (const [event, act] of [["change:kept", () => this.tellKept()], ["change:problem", () => this.tellKept()],
      ["change:result", () => this.draw()]]) {
      model.on(event, act);
      this.cleanups.push(() => model.off(event, act));
    }
    // Keys 1 to 5, while the keyboard is in this panel.
    el.addEventListener("keydown", (event) => {
      const bin = model.get("bins")[Number(event.key) - 1];
      if (!bin || event.ctrlKey || event.metaKey || event.altKey || this.desk.hidden) return;
      event.preventDefault();
      this.put(bin[0]);
    });
    this.ticks = setInterval(() => this.tick(), 1000);
    this.draw();
    el.dataset.state = "ready";
  }

  end() {
    clearInterval(this.ticks);
    clearInterval(this.late);
    for (const clean of this.cleanups) clean();
  }

  done() {
    return this.model.get("record").sorted;
  }

  // The statement that is asked now; undefined at the end.
  current() {
    return this.all.find((one) => !(one.id in this.done()));
  }

  build() {
    const { model, el } = this;
    el.classList.add("itband-sorting");
    const minutes = Math.round(model.get("seconds") / 60);
    this.intro = element("div", { class: "itband-part" },
      element("p", {}, `${this.all.length} clients tell you something. Who else should see each of them, and how soon? `
        + "Press a button, or a key from 1 to 5. What you hear is all that there is; everything else about them is in order."),
      element("p", { class: "itband-quiet" }, `The clock gives you ${minutes} minutes. It takes nothing away: it only says how far you came. `
        + "You can pause it, or leave it off."),
      element("div", { class: "itband-buttons" },
        button("Start with the clock", () => this.start(true), { class: "itband-button" }),
        button("Start without a clock", () => this.start(false), { class: "itband-button" })));
    this.time = element("p", { class: "itband-time", role: "timer", "aria-live": "off" });
    this.pause = button("Start the clock", () => this.turn(), { class: "itband-button" });
    this.bell = element("p", { class: "itband-bell", role: "status" });
    this.count = element("p", { class: "itband-quiet" });
    this.statement = element("div", { class: "itband-statement", role: "status", "aria-live": "polite", tabindex: "-1" });
    this.buttons = model.get("bins").map(([level, short, words], at) => {
      const made = button("", () => this.put(level), { class: "itband-bin", "data-level": level, "aria-label": `${at + 1} ${short}: ${words}`, title: words });
      made.append(element("kbd", {}, String(at + 1)), element("span", {}, short));
      return made;
    });
    this.back = button("Take back the last one", () => this.takeBack(), { class: "itband-button" });
    this.desk = element("div", { class: "itband-part" },
      element("div", { class: "itband-clock" }, this.time, this.pause), this.bell, this.count, this.statement,
      element("div", { class: "itband-bins", role: "group", "aria-label": "Who else, and how soon" }, ...this.buttons),
      element("div", { class: "itband-buttons" }, this.back));
    this.end_ = element("div", { class: "itband-result", tabindex: "-1" });
    this.kept = element("p", { class: "itband-status", role: "status" });
    el.replaceChildren(element("p", { class: "itband-title" }, "An intake to sort"), this.intro, this.desk, this.end_, this.kept);
  }

  start(withClock) {
    this.started = true;
    this.runs = withClock;
    this.draw();
    this.buttons[0].focus();
  }

  turn() {
    this.runs = !this.runs;
    this.draw();
  }

  put(level) {
    const one = this.current();
    if (!one) return;
    this.keep({ sorted: { ...this.done(), [one.id]: level } });
    if (!this.current()) {
      this.runs = false;
      this.wantsFocus = true;
    }
    this.draw();
  }

  takeBack() {
    const last = this.all.filter((one) => one.id in this.done()).at(-1);
    if (!last) return;
    const { [last.id]: _gone, ...others } = this.done();
    this.keep({ sorted: others });
    this.draw();
    if (this.back.disabled) this.buttons[0].focus();
  }

  again() {
    this.keep({ sorted: {}, seconds: 0, bell: -1 });
    this.started = false;
    this.draw();
    this.intro.querySelector("button").focus();
  }

  tick() {
    if (!this.runs) return;
    const record = this.model.get("record");
    const seconds = record.seconds + 1;
    if (seconds < this.model.get("seconds")) {
      // Seconds are recorded with the next statement.
      this.model.set("record", { ...record, seconds }, { silent: true });
      this.drawClock();
      return;
    }
    this.runs = false;
    this.keep({ seconds, bell: Object.keys(record.sorted).length });
    this.draw();
  }

  keep(changes) {
    const before = this.model.get("record");
    put(this.kept, "Saving…");
    clearInterval(this.late);
    this.late = whenLate(() => put(this.kept, NOT_SAVED));
    this.model.set("record", { ...before, ...changes, revision: before.revision + 1 });
    try {
      this.model.save_changes();
    } catch {
      clearInterval(this.late);
      put(this.kept, NOT_SAVED);
    }
  }

  tellKept() {
    if (this.model.get("problem")) put(this.kept, this.model.get("problem"));
    else if (this.model.get("kept") === this.model.get("record").revision) put(this.kept, "Recorded.");
    else return;
    clearInterval(this.late);
  }

  drawClock() {
    const { seconds, bell } = this.model.get("record");
    const left = this.model.get("seconds") - seconds;
    put(this.time, bell >= 0 ? "The clock has run out." : `${clock(left)} left`);
    put(this.pause, this.runs ? "Pause the clock" : seconds ? "Let the clock go on" : "Start the clock");
    this.pause.hidden = bell >= 0;
    this.time.toggleAttribute("data-runs", this.runs);
  }

  draw() {
    const one = this.current();
    const count = Object.keys(this.done()).length;
    const { bell } = this.model.get("record");
    this.intro.hidden = this.started;
    this.desk.hidden = !this.started || !one;
    this.drawClock();
    put(this.bell, bell >= 0 ? `At the end of the time you had sorted ${bell} of ${this.all.length}. Go on in peace: nothing is lost.` : "");
    put(this.count, one ? `Client ${count + 1} of ${this.all.length}` : "");
    const said = one ? `${one.client}${one.says}` : "";
    if (this.statement.textContent !== said) {
      this.statement.replaceChildren(...(one ? [element("p", { class: "itband-client" }, one.client), element("p", { class: "itband-says" }, one.says)] : []));
    }
    this.back.disabled = count === 0;
    this.drawEnd(one);
  }

  drawEnd(one) {
    const { rows, counts } = this.model.get("result");
    this.end_.hidden = Boolean(one) || !rows;
    this.el.toggleAttribute("data-done", !this.end_.hidden);
    if (this.end_.hidden) {
      this.end_.replaceChildren();
      return;
    }
    if (this.end_.childElementCount) return;
    const { bell } = this.model.get("record");
    const cells = rows.map((row) => {
      const line = element("tr", { "data-verdict": row.verdict, "data-statement": row.id },
        element("th", { scope: "row" }, element("span", { class: "itband-client" }, row.client), element("span", {}, row.says)),
        element("td", { "data-head": "You" }, row.mine),
        element("td", { "data-head": "The rules" }, row.rules,
          element("p", { class: "itband-mark", "data-verdict": row.verdict }, `${WORDS[row.verdict]} ${row.compared}`)),
        element("td", { "data-head": "Why" }, row.why,
          element("p", { class: "itband-quiet" }, `Your hands today: ${row.hands}.`),
          element("details", {}, element("summary", {}, "Says who"),
            ...(row.basis ? [element("p", {}, `How sure: ${row.basis}.`)] : []), sources(row.read))));
      return line;
    });
    this.end_.replaceChildren(
      element("p", { class: "itband-head" }, `You sorted all ${rows.length}.`),
      element("p", {}, `As the rules have it: ${counts.same}. One step more careful, which is never wrong: ${counts.one_more}. `
        + `More careful than that: ${counts.more}. Later than is safe: ${counts.later}.`),
      ...(bell >= 0 ? [element("p", { class: "itband-quiet" }, `At the end of the time you had sorted ${bell}.`)] : []),
      element("table", {}, element("thead", {}, element("tr", {}, ...["What was said", "You", "The rules", "Why"].map((head) => element("th", { scope: "col" }, head)))),
        element("tbody", {}, ...cells)),
      element("div", { class: "itband-buttons" }, button("Sort them once more", () => this.again(), { class: "itband-button" })));
    if (this.wantsFocus) this.end_.focus({ preventScroll: true });
    this.wantsFocus = false;
  }
}

function sources(read) {
  return element("ul", {}, ...(read.length ? read.map(citation)
    : [element("li", {}, "No reference of its own: the safety table.")]));
}

export default { render };
