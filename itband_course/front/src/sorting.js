// Statements of clients, one after the other, into five bins. The clock only says how far somebody came; it can be
// paused or left off, and nothing is taken away when it runs out.

import { AnsweredPanel, widgetOf } from "./answered.js";
import { button, citation, element, put } from "./dom.js";

const WORDS = { right: "✓", careful: "◐", wrong: "✕" };

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

class Panel extends AnsweredPanel {
  constructor(model, el) {
    super(model, el, "itband-sorting");
    this.all = this.sheet.statements;
    this.runs = false; // whether the clock runs
    this.begun = Object.keys(this.record.sorted).length > 0;
    // Keys 1 to 5, while the keyboard is in this panel.
    el.addEventListener("keydown", (event) => {
      const bin = this.sheet.bins[Number(event.key) - 1];
      if (!bin || event.ctrlKey || event.metaKey || event.altKey || this.desk.hidden) return;
      event.preventDefault();
      this.put(bin[0]);
    });
    this.ticks = setInterval(() => this.tick(), 1000);
  }

  end() {
    clearInterval(this.ticks);
    super.end();
  }

  // The statement that is asked now; undefined at the end.
  current() {
    return this.all.find((one) => !(one.id in this.record.sorted));
  }

  build() {
    const { sheet, el } = this;
    const minutes = Math.round(sheet.seconds / 60);
    this.intro = element("div", { class: "itband-part" },
      element("p", {}, `${this.all.length} clients tell you something. Who else should see each of them, and how soon? `
        + "Press a button, or a key from 1 to 5. What you hear is all that there is; everything else about them is in order."),
      element("p", { class: "itband-quiet" }, `The clock gives you ${minutes} minutes. It takes nothing away: it only says how far you came. `
        + "You can pause it, or leave it off."),
      element("div", { class: "itband-buttons" },
        button("Start with the clock", () => this.begin(true), { class: "itband-button" }),
        button("Start without a clock", () => this.begin(false), { class: "itband-button" })));
    this.time = element("p", { class: "itband-time", role: "timer", "aria-live": "off" });
    this.pause = button("Start the clock", () => this.turn(), { class: "itband-button" });
    this.bell = element("p", { class: "itband-bell", role: "status" });
    this.count = element("p", { class: "itband-quiet" });
    this.statement = element("div", { class: "itband-statement", role: "status", "aria-live": "polite", tabindex: "-1" });
    this.buttons = sheet.bins.map(([level, short, words], at) => {
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
    this.status = element("p", { class: "itband-status", role: "status" });
    el.replaceChildren(element("p", { class: "itband-title" }, "An intake to sort"), this.intro, this.desk, this.end_, this.status);
  }

  begin(withClock) {
    this.begun = true;
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
    this.keep({ sorted: { ...this.record.sorted, [one.id]: level } });
    if (!this.current()) {
      this.runs = false;
      this.wantsFocus = true;
    }
    this.draw();
  }

  takeBack() {
    const last = this.all.filter((one) => one.id in this.record.sorted).at(-1);
    if (!last) return;
    const { [last.id]: _gone, ...others } = this.record.sorted;
    this.keep({ sorted: others });
    this.draw();
    if (this.back.disabled) this.buttons[0].focus();
  }

  again() {
    this.keep({ sorted: {}, seconds: 0, bell: -1 });
    this.begun = false;
    this.draw();
    this.intro.querySelector("button").focus();
  }

  tick() {
    if (!this.runs) return;
    this.record.seconds += 1; // recorded with the next statement
    if (this.record.seconds < this.sheet.seconds) {
      this.drawClock();
      return;
    }
    this.runs = false;
    this.keep({ bell: Object.keys(this.record.sorted).length });
    this.draw();
  }

  keep(changes) {
    Object.assign(this.record, changes);
    this.kept.now();
  }

  show(reply) {
    this.reply = reply;
    this.draw();
  }

  drawClock() {
    const { seconds, bell } = this.record;
    const left = this.sheet.seconds - seconds;
    put(this.time, bell >= 0 ? "The clock has run out." : `${clock(left)} left`);
    put(this.pause, this.runs ? "Pause the clock" : seconds ? "Let the clock go on" : "Start the clock");
    this.pause.hidden = bell >= 0;
    this.time.toggleAttribute("data-runs", this.runs);
  }

  draw() {
    const one = this.current();
    const count = Object.keys(this.record.sorted).length;
    const { bell } = this.record;
    this.intro.hidden = this.begun;
    this.desk.hidden = !this.begun || !one;
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
    const { rows, counts } = this.reply ?? {};
    this.end_.hidden = Boolean(one) || !rows;
    this.el.toggleAttribute("data-done", !this.end_.hidden);
    if (this.end_.hidden) {
      this.end_.replaceChildren();
      return;
    }
    if (this.end_.childElementCount) return;
    const { bell } = this.record;
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

export default widgetOf(Panel);
