// What widgets share that a student works on and the kernel answers: a record that is kept, and the remarks on it.

import { citation, element, keepKeys, put } from "./dom.js";
import { whenLate } from "./card/reply.js";

const REST_MS = 500;
const SIGNS = { right: "✓", wrong: "✕", open: "◐", think: "◐", look: "→" };

// Keeps `model`'s record, and says in `status` how that stands. `current()` returns the record as it is now; `answered()`
// is called with each reply.
export class Kept {
  constructor(model, status, { current, answered }) {
    this.model = model;
    this.status = status;
    this.current = current;
    this.answered = answered;
    this.n = model.get("record").n ?? 0;
    this.onReply = () => this.heard();
    model.on("change:reply", this.onReply);
  }

  end() {
    this.model.off("change:reply", this.onReply);
    clearTimeout(this.timer);
    clearInterval(this.late);
  }

  // Soon: once the hand rests.
  soon() {
    this.saving();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), REST_MS);
  }

  now() {
    clearTimeout(this.timer);
    clearInterval(this.late);
    this.saving();
    this.n += 1;
    this.late = whenLate(() => this.failed("NOT saved: press Run All."));
    this.model.set("record", { ...this.current(), n: this.n });
    try {
      this.model.save_changes();
    } catch {
      clearInterval(this.late);
      this.failed("NOT saved: press Run All.");
    }
  }

  saving() {
    put(this.status, "Saving…");
    this.status.dataset.is = "saving";
  }

  failed(words) {
    put(this.status, `! ${words}`);
    this.status.dataset.is = "failed";
  }

  heard() {
    const reply = this.model.get("reply");
    if (reply.n !== this.n) return;
    clearInterval(this.late);
    if (reply.problem) this.failed(reply.problem);
    else {
      put(this.status, "● Recorded");
      this.status.dataset.is = "recorded";
    }
    this.answered(reply);
  }
}

// A panel with a record that is kept and answered. What extends it gives `build()`, which makes `status`, `draw()`, and
// `show(reply, first)`.
export class AnsweredPanel {
  constructor(model, el, name) {
    this.model = model;
    this.el = el;
    this.sheet = model.get("sheet");
    // Random: each widget loads this script anew, and a counter would give two panels of a page one name.
    this.name = `${name}-${Math.random().toString(36).slice(2, 9)}`;
    const { n, ...record } = model.get("record");
    this.record = structuredClone(record);
    el.classList.add(name);
  }

  start() {
    const { el, model } = this;
    this.build();
    this.kept = new Kept(model, this.status, { current: () => this.record, answered: (reply) => this.show(reply) });
    this.release = keepKeys(el);
    this.draw();
    this.show(model.get("reply"), true);
    el.dataset.state = "ready";
  }

  end() {
    this.kept.end();
    this.release();
  }
}

// The widget that a panel is, as anywidget wants it.
export function widgetOf(Panel) {
  return {
    render({ model, el }) {
      const panel = new Panel(model, el);
      panel.start();
      return () => panel.end();
    },
  };
}

export function remarkRow(remark, tag = "li") {
  return element(tag, { class: "itband-remark", "data-sign": remark.sign, "data-remark": remark.id },
    element("strong", {}, `${SIGNS[remark.sign]} ${remark.word}: ${remark.says} `), remark.why,
    ...(remark.rests ? [" ", element("span", { class: "itband-quiet" }, `(${remark.rests})`)] : []));
}

// All that is to be read, each once.
export function toRead(remarks) {
  const found = new Map(remarks.flatMap((remark) => remark.to_read).map((one) => [one.cite, one]));
  if (!found.size) return [];
  return [element("details", {}, element("summary", {}, "To read"),
    element("ul", {}, ...[...found.values()].map(citation)))];
}
