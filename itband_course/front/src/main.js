// The moving figure: a picture that can be turned and posed, and beside it everything again as buttons, sliders and a
// list, for keyboard and screen reader. Moving it sends nothing to the kernel; once it rests, the state goes there once.

import { button, capital, element, keepKeys, number, press, put, shares } from "./dom.js";
import { MOVED, same, tidy } from "./pose.js";
import { readRig } from "./rig.js";
import { View } from "./view.js";

const REST_MS = 400; // so long nothing has moved: now the kernel may hear of it
const TURN = 15; // degrees for one press of a key
const ZOOM = 1.2;
const CLICK_PX = 5; // a pointer that went further has dragged
const CLOSE = 0.16; // metres that are seen at least where one structure is in focus
const MARKS = { marked: ["marked", 1], "no-go": ["no-go: no hands here", 2], sore: ["sore", 3] };
// How much paler than clothes what belongs to the table is.
const LINEN = { cloth: 0, table: 0.3, drape: 0.62 };
const VERBS = [
  ["search", "Search", "S"], ["isolate", "Isolate", "I"], ["hide", "Hide", "H"], ["fade", "Fade", "F"],
  ["focus", "Focus", "O"], ["reset", "Reset", "R"],
];
const FACTS = [
  ["about", "What it is"], ["attachments", "Attachments"], ["action", "Action"], ["innervation", "Nerve"], ["hands", "Under your hands"],
  ["sources", "Sources"],
];
const NO_PICTURE = "This browser cannot draw the moving figure (WebGL did not start). The picture above stands still; "
  + "lists, positions and texts work as ever.";
const NO_PLATE = "This browser cannot draw the moving figure (WebGL did not start). Lists, positions and texts below work "
  + "as ever. To see it move, open the notebook in a current Chrome, Edge, Firefox or Safari.";

function render({ model, el }) {
  const figure = new Figure(model, el);
  figure.start();
  return () => figure.end();
}

class Figure {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    // Each figure of a page has a copy of this script: a count would begin anew with each, and ids would stand twice.
    this.name = `itband-figure-${Math.random().toString(36).slice(2, 9)}`;
    this.state = structuredClone(model.get("state"));
    this.picks = model.get("picked")?.count ?? 0;
    this.cleanups = [];
    this.timer = 0;
    this.held = false; // a pointer holds a slider or the picture
    this.hover = "";
  }

  async start() {
    const { el, model } = this;
    el.classList.add("itband-figure");
    el.dataset.state = "loading";
    this.build();
    this.cleanups.push(keepKeys(el));
    this.listen(el, "keydown", (event) => this.onKey(event));
    const data = model.get("rig");
    try {
      this.view = new View(this.canvas, { settled: () => this.rest(), moved: (angles) => this.showAngles(angles) });
    } catch {
      this.view = null;
    }
    try {
      this.rig = this.view ? await this.view.load(data) : await readRig(data);
    } catch (error) {
      this.view?.dispose();
      this.view = null;
      this.stand(error.message);
      return;
    }
    if (this.over || !this.rig) return;
    this.partOf = new Map(this.rig.header.parts.map((part) => [part.id, part]));
    this.regionOf = new Map((this.rig.header.regions ?? []).map((region) => [region.id, region]));
    this.fill();
    if (this.view) this.begin();
    else this.stand(this.plate.hidden ? NO_PLATE : NO_PICTURE);
    const onState = () => this.adopt(model.get("state"));
    model.on("change:state", onState);
    this.cleanups.push(() => model.off("change:state", onState));
    this.draw();
    this.view?.paintNow();
    el.dataset.state = this.view ? "ready" : "plate";
    this.expose();
  }

  end() {
    this.over = true;
    clearTimeout(this.timer);
    for (const clean of this.cleanups.splice(0).reverse()) clean();
    this.view?.dispose();
    delete this.el.itbandFigure;
  }

  listen(target, type, act, options) {
    target.addEventListener(type, act, options);
    this.cleanups.push(() => target.removeEventListener(type, act, options));
  }

  // What a chart that moves with the figure asks and does; below, what tests look at besides.
  expose() {
    const { view, rig } = this;
    this.el.itbandFigure = {
      state: () => structuredClone(this.state),
      moveTo: (angles) => this.setAngles(angles), // at once
      goTo: (angles) => { this.state.angles = tidy(angles); this.go(); }, // smoothly
      settle: () => { this.reframe(); this.rest(); },
      moving: () => Boolean(view?.motion),
      ...(view && {
        skinnedVertex: (part, at) => {
          const target = view.meshes.get(part).position.clone();
          return view.meshes.get(part).getVertexPosition(at, target).toArray();
        },
        place: (part, at) => view.project([0, 1, 2].map((k) => view.points(rig.partOf.get(part)).points[3 * at + k])),
        under: (right, down) => view.under(right, down),
        memory: () => ({ ...view.engine.renderer.info.memory, programs: view.engine.renderer.info.programs.length }),
        drawings: () => view.drawings,
        still: () => view.still && !this.held && !this.timer, // finely drawn, and the kernel has been told
        times: () => view.times.slice(),
        visible: () => [...view.looks.visible],
        eye: () => ({ ...view.eye }),
        users: () => view.engine.users,
      }),
    };
  }

  // ------------------------------------------------------------------ the page

  build() {
    const { model, name } = this;
    this.canvas = element("canvas", { role: "img", "aria-label": `${model.get("title")}, being drawn` });
    this.plate = element("img", { class: "itband-plate", alt: `${model.get("title")}, at rest` });
    this.plate.hidden = true;
    this.sentence = element("p", { class: "itband-sentence" }, "Drawing the figure…");
    this.tag = element("div", { class: "itband-tag", "aria-hidden": "true" });
    this.pad = element("div", { class: "itband-pad", role: "group", "aria-label": "Turn the figure" },
      ...[
        ["←", "Turn to the left", () => this.turn(-TURN, 0)], ["→", "Turn to the right", () => this.turn(TURN, 0)],
        ["↑", "Look from higher up", () => this.turn(0, TURN)], ["↓", "Look from lower down", () => this.turn(0, -TURN)],
        ["+", "Nearer", () => this.zoom(ZOOM)], ["−", "Farther", () => this.zoom(1 / ZOOM)],
      ].map(([sign, words, act]) => button(sign, act, { "aria-label": words, title: words })));
    this.stage = element("div", { class: "itband-stage", tabindex: "-1" }, this.canvas, this.plate, this.sentence, this.tag);
    this.credit = element("p", { class: "itband-credit" }, model.get("credit"));
    this.key = element("ul", { class: "itband-key", "aria-label": "Marks on the skin" });
    this.status = element("p", { class: "itband-status", role: "status" });
    this.views = element("div", { class: "itband-views itband-row", role: "group", "aria-label": "View" });
    this.positions = element("section", { class: "itband-positions", "aria-labelledby": `${name}-positions` });
    this.movement = element("section", { class: "itband-movement", "aria-labelledby": `${name}-movement` });
    this.verbs = element("div", { class: "itband-verbs", role: "group", "aria-label": "What to do with the chosen structure" });
    this.list = element("section", { class: "itband-structures", "aria-labelledby": `${name}-structures` });
    this.info = element("section", { class: "itband-info", tabindex: "0", "aria-label": "About the chosen structure" });
    this.layers = element("section", { class: "itband-layers", "aria-labelledby": `${name}-layers` });
    this.bar = element("div", { class: "itband-bar" }, this.views, this.pad);
    this.left = element("div", { class: "itband-left" }, this.bar, this.stage, this.key, this.credit, this.status, this.positions,
      this.movement);
    this.right = element("div", { class: "itband-right" }, this.verbs, this.list, this.info, this.layers);
    this.desk = element("div", { class: "itband-desk" }, this.left, this.right);
    this.el.replaceChildren(this.desk);
    if (model.get("plate")) this.plate.src = model.get("plate");
  }

  // A sentence, and the plate if there is one, where nothing can be drawn.
  stand(sentence) {
    put(this.sentence, sentence);
    this.canvas.hidden = true;
    this.tag.hidden = true;
    this.pad.hidden = true;
    this.plate.hidden = !this.model.get("plate");
    if (!this.plate.hidden && sentence === NO_PLATE) put(this.sentence, NO_PICTURE);
    this.el.dataset.state = this.rig ? "plate" : "failed";
    if (!this.rig) for (const node of [this.bar, this.positions, this.movement, this.right]) node.hidden = true;
  }

  has(control) {
    return this.model.get("controls").includes(control);
  }

  heading(id, words) {
    return element("h3", { id: `${this.name}-${id}` }, words);
  }

  fill() {
    const { model, name } = this;
    this.viewButtons = model.get("views").map((view, at) => {
      const made = button(view.title, () => this.show(view.id), { "aria-keyshortcuts": `${at + 1}` });
      made.dataset.view = view.id;
      return made;
    });
    this.views.replaceChildren(...this.viewButtons);

    this.presetButtons = model.get("presets").map((preset) => {
      const made = button(preset.title, () => this.take(preset));
      made.dataset.preset = preset.id;
      return made;
    });
    this.notes = element("dl", { class: "itband-notes" });
    this.positions.replaceChildren(this.heading("positions", "Positions"),
      element("div", { class: "itband-row" }, ...this.presetButtons), this.notes);

    this.sliders = new Map();
    const rows = model.get("movements").map((movement) => this.slider(movement));
    this.movement.replaceChildren(this.heading("movement", "Movement"), element("div", { class: "itband-sliders" }, ...rows));

    this.verbButtons = Object.fromEntries(VERBS.map(([verb, words, key]) => {
      const made = button(element("span", {}, words), () => this.act(verb), { "aria-keyshortcuts": key });
      made.append(element("kbd", { "aria-hidden": "true" }, key));
      made.dataset.verb = verb;
      return [verb, made];
    }));
    this.verbs.replaceChildren(...Object.values(this.verbButtons));

    this.search = element("input", {
      type: "search", id: `${name}-search`, placeholder: "Search", autocomplete: "off", spellcheck: "false",
      "aria-controls": `${name}-list`, "aria-label": "Search the structures",
    });
    this.found = element("span", { class: "itband-found", role: "status" });
    this.box = element("div", {
      role: "listbox", id: `${name}-list`, tabindex: "0", class: "itband-list", "aria-labelledby": `${name}-structures`,
    });
    this.nothing = element("p", { class: "itband-nothing" }, "No structure has this name.");
    this.options();
    this.list.replaceChildren(
      element("div", { class: "itband-listhead" }, this.heading("structures", this.regionOf.size ? "Structures and places"
        : "Structures"), this.found),
      this.search, element("div", { class: "itband-listbox" }, this.box, this.nothing));
    this.listen(this.search, "input", () => this.filter());
    this.listen(this.search, "keydown", (event) => this.onSearchKey(event));
    this.listen(this.box, "keydown", (event) => this.onListKey(event));
    // Focus would scroll the list under a pointer that is about to click; the click itself gives it.
    this.listen(this.box, "mousedown", (event) => { if (event.target !== this.box) event.preventDefault(); });
    this.listen(this.box, "focus", () => this.point(this.active ?? this.shownOptions()[0]?.id));

    this.layerRows = new Map(this.layerIds().map((layer) => [layer, this.layerRow(layer)]));
    this.layers.replaceChildren(this.heading("layers", "Layers"), ...[...this.layerRows.values()].map((row) => row.node));

    this.bar.hidden = !this.has("views");
    this.positions.hidden = !this.has("positions") || this.presetButtons.length === 0;
    this.movement.hidden = !this.has("movement") || rows.length === 0;
    for (const node of [this.verbs, this.list, this.info]) node.hidden = !this.has("structures");
    this.layers.hidden = !this.has("layers") || this.layerRows.size < 2;
    // What is to be read with a position stands beside the picture.
    const isNoted = !this.positions.hidden && model.get("presets").some(({ notes }) => notes?.length);
    if (isNoted) this.right.prepend(this.positions);
    this.right.hidden = this.verbs.hidden && this.layers.hidden && !isNoted;
    this.desk.toggleAttribute("data-single", this.right.hidden);
    this.el.style.setProperty("--itband-shape", model.get("shape"));
    this.filter();
  }

  slider(movement) {
    const { name } = this;
    const [low, high] = this.rig.angles[movement.id];
    const input = element("input", {
      type: "range", min: low, max: high, step: 1, id: `${name}-angle-${movement.id}`,
      "aria-describedby": `${name}-ends-${movement.id}`,
    });
    const output = element("output", { for: input.id });
    const words = [movement.less, movement.more];
    const ends = element("span", { class: "itband-ends", id: `${name}-ends-${movement.id}` },
      element("span", {}, `${number(low)}°${words[0] && low < 0 ? ` ${words[0]}` : ""}`),
      element("span", {}, `${words[1] ? `${words[1]} ` : ""}${number(high)}°`));
    this.listen(input, "pointerdown", () => { this.held = true; });
    for (const type of ["pointerup", "pointercancel"]) this.listen(input, type, () => { this.held = false; this.rest(); });
    this.listen(input, "input", () => this.setAngles({ ...this.state.angles, [movement.id]: Number(input.value) }));
    this.listen(input, "change", () => {
      this.held = false;
      this.say(`${movement.title}: ${number(Number(input.value))}°.`);
      this.reframe();
      this.rest();
    });
    this.sliders.set(movement.id, { input, output, movement });
    return element("div", { class: "itband-slider" },
      element("label", { for: input.id }, movement.title), output, input, ends);
  }

  layerIds() {
    const found = [];
    for (const part of this.rig.header.parts) {
      if (part.tissue !== "cloth" && !found.includes(part.layer)) found.push(part.layer);
    }
    const order = Object.keys(this.model.get("layers"));
    return found.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  }

  layerTitle(layer) {
    return this.model.get("layers")[layer] ?? layer;
  }

  layerRow(layer) {
    const input = element("input", { type: "checkbox", value: layer });
    const title = this.layerTitle(layer);
    const fade = button("Fade", () => this.fadeLayer(layer), { "aria-label": `Fade: ${title}` });
    this.listen(input, "change", () => {
      const layers = this.layerIds().filter((id) => (id === layer ? input.checked : this.state.layers.includes(id)));
      this.change({ layers, isolated: [] }, `${title}: ${input.checked ? "shown" : "not shown"}.`);
    });
    const node = element("div", { class: "itband-layer" }, element("label", {}, input, this.swatch(this.tissueOf(layer)),
      element("span", {}, title)), fade);
    return { node, input, fade };
  }

  tissueOf(layer) {
    return this.rig.header.parts.find((part) => part.layer === layer && part.tissue !== "cloth").tissue;
  }

  swatch(tissue) {
    const made = element("span", { class: "itband-swatch", "aria-hidden": "true" });
    made.style.background = `var(--itband-${tissue})`;
    return made;
  }

  titleOf(id) {
    if (this.regionOf.has(id)) {
      const { name, side } = this.regionOf.get(id);
      return side && side !== "middle" && !name.includes(side) && this.model.get("own_side") === "" ? `${name}, ${side}` : name;
    }
    return this.model.get("structures")[id]?.name ?? this.partOf.get(id)?.name ?? id;
  }

  options() {
    const groups = this.layerIds().map((layer) => [
      this.layerTitle(layer),
      this.rig.header.parts.filter((part) => part.layer === layer && part.tissue !== "cloth"),
    ]);
    groups.push(["Places on the skin", [...this.regionOf.values()]]);
    this.optionOf = new Map();
    this.groups = groups.filter(([, things]) => things.length).map(([title, things], at) => {
      const id = `${this.name}-group-${at}`;
      const head = element("div", { id, class: "itband-group", role: "presentation" }, title);
      const options = things.map((thing) => {
        const badge = element("span", { class: "itband-badge" });
        const option = element("div", { role: "option", id: `${this.name}-option-${thing.id}`, "aria-selected": "false" },
          this.regionOf.has(thing.id) ? this.swatch("skin") : this.swatch(thing.tissue),
          element("span", {}, capital(this.titleOf(thing.id))), badge);
        option.dataset.id = thing.id;
        option.addEventListener("click", () => { this.point(thing.id); this.box.focus(); this.pick(thing.id); });
        this.optionOf.set(thing.id, { option, badge, text: this.titleOf(thing.id).toLowerCase() });
        return option;
      });
      return element("div", { role: "group", "aria-labelledby": id }, head, ...options);
    });
    this.box.replaceChildren(...this.groups);
  }

  // ------------------------------------------------------------------ the picture

  begin() {
    this.sentence.hidden = true;
    const { view, stage, canvas } = this;
    this.readPalette();
    const fit = () => {
      if (!canvas.clientWidth) return;
      const first = !this.sized;
      const [before] = view.pixels;
      view.resize();
      if (first || before !== view.pixels[0]) this.frameAnew(first);
    };
    fit(); // the first picture need not wait until the page tells of a size
    const sizes = new ResizeObserver(fit);
    sizes.observe(stage);
    const sight = new IntersectionObserver((entries) => view.seen(entries.at(-1).isIntersecting));
    sight.observe(stage);
    const theme = new MutationObserver(() => { this.readPalette(); this.draw(); });
    theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });
    this.cleanups.push(() => { sizes.disconnect(); sight.disconnect(); theme.disconnect(); });
    this.listen(canvas, "pointerdown", (event) => this.onDown(event));
    this.listen(canvas, "pointermove", (event) => this.onMove(event));
    this.listen(canvas, "pointerup", (event) => this.onUp(event));
    this.listen(canvas, "pointercancel", () => this.pointers.clear());
    this.listen(canvas, "pointerleave", () => this.pointAt(null));
    this.listen(canvas, "contextmenu", (event) => event.preventDefault());
    this.listen(canvas, "wheel", (event) => this.onWheel(event), { passive: false });
    this.pointers = new Map();
  }

  readPalette() {
    const style = getComputedStyle(this.el);
    const colour = (name) => shares(style.getPropertyValue(`--itband-${name}`));
    const cache = {};
    const tissue = (name) => (cache[name] ??= colour(name));
    const pale = (base, share) => base.map((value) => value + (1 - value) * share);
    this.palette = {
      accent: colour("accent"),
      ink: shares(style.getPropertyValue("color")),
      marks: Object.fromEntries(Object.entries(MARKS).map(([kind, [, pattern]]) => [
        kind, [kind === "no-go" ? colour("no-go") : kind === "sore" ? colour("sore") : colour("accent"), pattern]])),
      // Neighbours of one tissue differ a little, so that each can be told from the next.
      part: (head) => (head.tissue === "muscle" ? pale(tissue("muscle"), 0.06 + 0.16 * chance(head.id))
        : head.tissue === "cloth" ? pale(tissue("cloth"), LINEN[head.layer] ?? 0.5) : tissue(head.tissue)),
    };
  }

  frameAnew(first) {
    this.sized = true;
    this.view.mirror(this.mirrored());
    this.view.looks.visible = this.visible();
    if (first) this.view.move({ angles: this.state.angles, eye: this.eyeOf(this.state.view), atOnce: true });
    else if (!this.byHand) this.view.move({ eye: this.eyeOf(this.state.view), atOnce: true });
    this.draw();
  }

  mirrored() {
    const own = this.model.get("own_side");
    return Boolean(own && this.state.side && own !== this.state.side);
  }

  // Where a view looks from. Views are written for a right side; from the left they are the mirror image.
  directionOf(view) {
    const found = typeof view === "string" ? this.model.get("views").find(({ id }) => id === view) : view;
    const sign = this.state.side === "left" && typeof view === "string" ? -1 : 1;
    return { azimuth: sign * found.azimuth, elevation: found.elevation, roll: sign * (found.roll ?? 0), near: found.near ?? 1 };
  }

  eyeOf(view, angles = this.state.angles) {
    const { near, ...direction } = this.directionOf(view);
    // Close up, the person is what is looked at, not the table.
    const eye = this.view.fit({ ...direction, angles, ...(near > 1 && { parts: new Set(["skin"]) }) });
    return { ...eye, height: eye.height / near };
  }

  turn(azimuth, elevation) {
    this.view.turn(azimuth, elevation);
    this.freed();
    this.say(`Turned: ${this.viewWords()}.`);
    this.rest();
  }

  zoom(factor) {
    this.view.zoom(factor);
    this.byHand = true;
    this.rest();
  }

  freed() {
    const [azimuth, elevation, roll] = ["azimuth", "elevation", "roll"].map((name) => Math.round(this.view.eye[name]));
    this.byHand = true;
    this.state.view = { azimuth, elevation, ...(roll && { roll }) };
    this.drawViews();
    this.label();
  }

  onDown(event) {
    if (event.pointerType === "mouse" && event.button > 2) return;
    this.stage.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.path = this.pointers.size === 1 ? 0 : Infinity;
    this.held = true;
    this.pointAt(null);
  }

  onMove(event) {
    const last = this.pointers.get(event.pointerId);
    if (!last) {
      if (event.pointerType === "mouse" && !this.view.motion) this.pointAt(event);
      return;
    }
    const [dx, dy] = [event.clientX - last.x, event.clientY - last.y];
    this.path += Math.hypot(dx, dy);
    if (this.pointers.size === 2) {
      const other = [...this.pointers].find(([id]) => id !== event.pointerId)[1];
      const before = Math.hypot(last.x - other.x, last.y - other.y);
      const after = Math.hypot(event.clientX - other.x, event.clientY - other.y);
      if (before > 0 && after > 0) this.view.zoom(after / before);
      this.view.shift(dx / 2, dy / 2);
      this.byHand = true;
    } else if (this.path > CLICK_PX) {
      if (event.shiftKey || event.buttons > 1) this.view.shift(dx, dy);
      else this.view.turn(-0.4 * dx, 0.4 * dy);
      this.freed();
    }
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  onUp(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    this.held = this.pointers.size > 0;
    if (this.path <= CLICK_PX && event.button === 0) this.pickAt(event);
    else if (!this.held) this.say(`Turned: ${this.viewWords()}.`);
    this.rest();
  }

  onWheel(event) {
    const ours = event.ctrlKey || event.metaKey || this.stage.contains(document.activeElement);
    if (!ours) return;
    event.preventDefault();
    this.view.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)));
    this.byHand = true;
    this.rest();
  }

  spot(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  idOf(hit) {
    return hit ? hit.region || hit.part : "";
  }

  // Name what is under the pointer.
  pointAt(event) {
    this.pointing = event;
    if (this.pointFrame) return;
    this.pointFrame = requestAnimationFrame(() => {
      this.pointFrame = 0;
      if (this.over) return;
      const at = this.pointing && this.has("structures") ? this.spot(this.pointing) : null;
      const id = at ? this.idOf(this.view.under(...at)) : "";
      this.tag.hidden = !id;
      if (id) {
        put(this.tag, this.titleOf(id));
        const [right, down] = at;
        this.tag.style.translate = `${right > 0.5 ? "calc(-100% - 12px)" : "14px"} ${down > 0.85 ? "-120%" : "12px"}`;
        this.tag.style.left = `${100 * right}%`;
        this.tag.style.top = `${100 * down}%`;
      }
      this.canvas.style.cursor = id ? "pointer" : "";
      if (id !== this.hover) {
        this.hover = id;
        this.view.look({ hovered: id });
      }
    });
  }

  pickAt(event) {
    if (!this.has("structures") && !this.regionOf.size) return;
    const id = this.idOf(this.view.under(...this.spot(event)));
    if (id) this.pick(id);
    else if (this.state.selected) this.change({ selected: "" }, "Nothing chosen.");
  }

  // ------------------------------------------------------------------ what can be done

  // Choose a structure or a place: told to the kernel at once, since somebody may wait for it there.
  pick(id) {
    this.change({ selected: id }, `${capital(this.titleOf(id))} chosen.`, true);
    if (this.active !== id) this.point(id, false);
    this.picks += 1;
    const isRegion = this.regionOf.has(id);
    this.send({ picked: { structure: isRegion ? "" : id, region: isRegion ? id : "", count: this.picks } });
  }

  // Verbs work on structures: for a place of the skin, on the skin.
  chosenPart() {
    const { selected } = this.state;
    if (!this.regionOf.has(selected)) return selected;
    return this.rig.header.parts.find((part) => part.regions)?.id ?? "";
  }

  act(verb) {
    if (verb === "search") {
      this.search.focus();
      this.search.select();
      return;
    }
    if (verb === "reset") {
      this.reset();
      return;
    }
    const id = this.chosenPart();
    if (!id) {
      if (verb === "focus" && this.view) this.show(this.state.view);
      this.say("First choose a structure, in the picture or in the list.");
      return;
    }
    const name = capital(this.titleOf(id));
    const { hidden, isolated, faded } = this.state;
    const toggled = (ids) => (ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id]);
    if (verb === "isolate") {
      const alone = isolated.length === 1 && isolated[0] === id;
      this.change({ isolated: alone ? [] : [id] }, alone ? "Everything is shown again." : `${name} is shown alone.`);
    } else if (verb === "hide") {
      if (this.visible().has(id)) {
        this.change({ hidden: [...hidden, id], isolated: isolated.filter((other) => other !== id) }, `${name} is hidden.`);
      } else this.reveal(id);
    } else if (verb === "fade") {
      const now = toggled(faded);
      this.change({ faded: now }, `${name} is ${now.includes(id) ? "faded" : "solid again"}.`);
    } else if (verb === "focus") this.focus(this.state.selected);
  }

  reveal(id) {
    const { layer } = this.partOf.get(id);
    const layers = this.layerIds().filter((other) => other === layer || this.state.layers.includes(other));
    const { isolated } = this.state;
    this.change({
      hidden: this.state.hidden.filter((other) => other !== id), layers,
      isolated: isolated.length && !isolated.includes(id) ? [] : isolated,
    }, `${capital(this.titleOf(id))} is shown.`);
  }

  focus(id) {
    if (this.view) {
      const isRegion = this.regionOf.has(id);
      this.byHand = true;
      this.view.move({
        angles: this.state.angles,
        eye: this.view.fit({
          ...this.view.eye, angles: this.state.angles, parts: new Set([id]), region: isRegion ? id : "", room: 1.35, least: CLOSE,
        }),
      });
    }
    this.say(`${capital(this.titleOf(id))} fills the picture.`);
  }

  reset() {
    const { marks, side } = this.state;
    this.byHand = false;
    this.search.value = "";
    this.filter();
    this.state = { ...structuredClone(this.model.get("home")), marks, side };
    this.go();
    this.say("All as it was at the start.");
  }

  show(id) {
    if (typeof id === "string") this.state.view = id;
    this.byHand = false;
    this.view?.move({ angles: this.state.angles, eye: this.eyeOf(this.state.view) });
    this.drawViews();
    this.label();
    this.say(`View: ${this.viewWords()}.`);
    this.rest();
  }

  take(preset) {
    const { angles, view, layers, selected, hidden, faded, isolated, cloth } = preset;
    const given = { view, layers, selected, hidden, faded, isolated, cloth };
    for (const [name, value] of Object.entries(given)) if (value !== undefined) this.state[name] = structuredClone(value);
    this.state.angles = { ...angles };
    if (view !== undefined) this.byHand = false;
    this.go();
    this.say(`Position: ${preset.title}. ${preset.text ? preset.text : `${capital(this.poseWords())}.`}`);
  }

  // Go to the state: the picture follows smoothly.
  go() {
    this.draw();
    if (this.view) {
      const { angles, view } = this.state;
      this.view.move({ angles, eye: this.byHand ? this.view.fit({ ...this.view.eye, angles }) : this.eyeOf(view) });
    } else this.showAngles(this.state.angles);
    this.rest();
  }

  setAngles(angles) {
    this.state.angles = tidy(angles);
    if (this.view) {
      this.view.motion = null;
      this.view.set(this.state.angles, this.view.eye);
    }
    this.showAngles(this.state.angles);
    this.drawPresets();
    this.tellMoved();
  }

  tellMoved() {
    const pose = JSON.stringify(tidy(this.state.angles));
    if (pose === this.toldPose) return;
    this.toldPose = pose;
    this.el.dispatchEvent(new CustomEvent(MOVED, { bubbles: true }));
  }

  // After a movement: if the figure has left the picture, the eye steps back until it is seen again.
  reframe() {
    this.label();
    if (!this.view || this.byHand) return;
    const wanted = this.eyeOf(this.state.view);
    const now = this.view.eye;
    const off = Math.hypot(...wanted.target.map((value, k) => value - now.target[k])) / now.height;
    const size = wanted.height / now.height;
    if (off > 0.06 || size > 1.03 || size < 0.8) this.view.move({ angles: this.state.angles, eye: wanted });
  }

  fadeLayer(layer) {
    const ids = this.rig.header.parts.filter((part) => part.layer === layer).map((part) => part.id);
    const all = ids.every((id) => this.state.faded.includes(id));
    const faded = all ? this.state.faded.filter((id) => !ids.includes(id)) : [...new Set([...this.state.faded, ...ids])];
    this.change({ faded }, `${this.layerTitle(layer)}: ${all ? "solid again" : "faded"}.`);
  }

  change(changes, said, quiet = false) {
    Object.assign(this.state, changes);
    this.draw();
    if (said) this.say(said);
    if (!quiet) this.rest();
  }

  // The kernel, or another view of the same figure, has set another state.
  adopt(state) {
    if (same(state, this.state)) return;
    this.state = structuredClone(state);
    this.byHand = false;
    this.view?.mirror(this.mirrored());
    this.go();
  }

  // ------------------------------------------------------------------ keys

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === this.search || !this.rig) return;
    const inStage = this.stage.contains(event.target) || this.pad.contains(event.target);
    const verb = this.has("structures") && VERBS.find(([, , key]) => key === event.key.toUpperCase())?.[0];
    const view = this.has("views") && this.viewButtons[Number(event.key) - 1];
    const arrows = {
      ArrowLeft: [-TURN, 0], ArrowRight: [TURN, 0], ArrowUp: [0, TURN], ArrowDown: [0, -TURN],
    };
    if (verb) this.act(verb);
    else if (event.key === "/" && this.has("structures")) this.act("search");
    else if (view) view.click();
    else if (event.key === "Escape" && this.state.selected) this.change({ selected: "" }, "Nothing chosen.");
    else if (inStage && this.view && arrows[event.key]) this.turn(...arrows[event.key]);
    else if (this.view && (event.key === "+" || event.key === "=")) this.zoom(ZOOM);
    else if (this.view && event.key === "-") this.zoom(1 / ZOOM);
    else return;
    event.preventDefault();
  }

  onSearchKey(event) {
    if (event.key === "Escape") {
      this.search.value = "";
      this.filter();
      this.box.focus();
    } else if (event.key === "ArrowDown" || event.key === "Enter") {
      const first = this.shownOptions()[0];
      if (!first) return;
      this.point(first.id);
      this.box.focus();
      if (event.key === "Enter") this.pick(first.id);
    } else return;
    event.preventDefault();
  }

  onListKey(event) {
    const shown = this.shownOptions();
    const at = shown.findIndex(({ id }) => id === this.active);
    const page = 8;
    const next = {
      ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1, PageDown: at + page, PageUp: at - page,
    }[event.key];
    if (next !== undefined && shown.length) this.point(shown[Math.max(0, Math.min(shown.length - 1, next))].id);
    else if ((event.key === "Enter" || event.key === " ") && shown[at]) this.pick(this.active);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
    event.stopPropagation();
  }

  shownOptions() {
    return [...this.optionOf].filter(([, { option }]) => !option.hidden).map(([id]) => ({ id }));
  }

  // The option that the keyboard stands on.
  point(id, scroll = true) {
    if (!id) return;
    if (this.active) this.optionOf.get(this.active)?.option.removeAttribute("data-active");
    this.active = id;
    const { option } = this.optionOf.get(id);
    option.setAttribute("data-active", "");
    this.box.setAttribute("aria-activedescendant", option.id);
    // Only the list scrolls, never the notebook.
    const top = option.offsetTop - this.box.offsetTop;
    if (scroll || top < this.box.scrollTop || top > this.box.scrollTop + this.box.clientHeight - option.offsetHeight) {
      const least = top + option.offsetHeight - this.box.clientHeight;
      if (this.box.scrollTop > top - 32) this.box.scrollTop = top - 32;
      else if (this.box.scrollTop < least) this.box.scrollTop = least;
    }
  }

  filter() {
    const words = this.search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { option, text } of this.optionOf.values()) {
      option.hidden = !words.every((word) => text.includes(word));
      if (!option.hidden) count += 1;
    }
    for (const group of this.groups) group.hidden = ![...group.querySelectorAll("[role=option]")].some((option) => !option.hidden);
    this.nothing.hidden = count > 0;
    put(this.found, words.length ? `${count} found` : "");
    if (this.active && this.optionOf.get(this.active).option.hidden) {
      this.box.removeAttribute("aria-activedescendant");
      this.active = null;
    }
  }

  // ------------------------------------------------------------------ drawing the state

  visible() {
    const { layers, hidden, isolated, cloth } = this.state;
    const shown = new Set();
    for (const part of this.rig.header.parts) {
      const skin = layers.includes("skin") || part.layer !== "cloth"; // nobody wears clothes without a skin
      const wanted = isolated.length ? isolated.includes(part.id)
        : part.tissue === "cloth" ? cloth.includes(part.id) && skin
          : layers.includes(part.layer) && !hidden.includes(part.id);
      if (wanted) shown.add(part.id);
    }
    return shown;
  }

  draw() {
    if (!this.rig) return;
    const visible = this.visible();
    const { selected, faded, marks, layers, isolated } = this.state;
    if (this.view && this.sized) {
      this.view.mirror(this.mirrored());
      this.view.look({ visible, faded: new Set(faded), selected, marks, hovered: this.hover, palette: this.palette });
    }
    for (const [id, { option, badge }] of this.optionOf) {
      const words = this.regionOf.has(id) ? (MARKS[marks[id]]?.[0] ?? "")
        : !visible.has(id) ? "not shown" : faded.includes(id) ? "faded" : "";
      put(badge, words);
      badge.classList.toggle("itband-nogo", marks[id] === "no-go");
      option.toggleAttribute("data-away", !this.regionOf.has(id) && !visible.has(id));
      option.setAttribute("aria-selected", id === selected ? "true" : "false");
    }
    for (const [layer, { input, fade }] of this.layerRows) {
      input.checked = layers.includes(layer);
      const ids = this.rig.header.parts.filter((part) => part.layer === layer).map((part) => part.id);
      press(fade, ids.every((id) => faded.includes(id)));
    }
    const part = this.chosenPart();
    for (const verb of ["isolate", "hide", "fade", "focus"]) {
      this.verbButtons[verb].setAttribute("aria-disabled", part ? "false" : "true");
    }
    press(this.verbButtons.isolate, isolated.length > 0);
    press(this.verbButtons.fade, faded.includes(part));
    put(this.verbButtons.hide.firstChild, part && !visible.has(part) ? "Show" : "Hide");
    this.drawKey(marks);
    this.drawInfo(visible);
    this.drawViews();
    this.drawPresets();
    if (!this.view?.motion) this.showAngles(this.state.angles);
    this.label();
    this.tellMoved();
  }

  // What the patterns on the skin mean, and where they are.
  drawKey(marks) {
    const key = JSON.stringify(marks);
    if (key === this.keyed) return;
    this.keyed = key;
    const rows = Object.entries(MARKS).map(([kind, [words]]) =>
      [kind, words, Object.keys(marks).filter((id) => marks[id] === kind).map((id) => this.titleOf(id))]);
    this.key.replaceChildren(...rows.filter(([, , places]) => places.length).map(([kind, words, places]) =>
      element("li", {}, element("span", { class: `itband-pattern itband-pattern-${kind}`, "aria-hidden": "true" }),
        `${capital(words)}: ${places.join(", ")}`)));
    this.key.hidden = Object.keys(marks).length === 0;
  }

  drawInfo(visible) {
    const { selected, marks } = this.state;
    const key = JSON.stringify([selected, marks[selected], visible.has(selected)]);
    if (key === this.told) return;
    this.told = key;
    if (!selected) {
      this.info.replaceChildren(element("p", { class: "itband-quiet" },
        "Choose a structure: click it in the picture, or take it from the list. Its attachments, action and nerve stand here then."));
      return;
    }
    const part = this.partOf.get(selected);
    const facts = this.model.get("structures")[selected] ?? {};
    const head = element("h3", {}, capital(this.titleOf(selected)));
    const rows = FACTS.filter(([field]) => facts[field]).flatMap(([field, title]) =>
      [element("dt", {}, title), element("dd", { class: `itband-${field}` }, facts[field])]);
    const said = [];
    if (facts.latin) said.push(element("p", { class: "itband-latin", lang: "la" }, facts.latin));
    if (part?.drawn) {
      said.push(element("p", { class: "itband-drawn" },
        "Drawn: this was drawn between landmarks; no scan of a person underlies its shape."));
    }
    if (marks[selected]) said.push(element("p", { class: "itband-drawn" }, `${capital(MARKS[marks[selected]][0])}.`));
    if (part && !visible.has(selected)) said.push(element("p", { class: "itband-drawn" }, "It is not shown now. Press Show."));
    this.info.replaceChildren(head, ...said, ...(rows.length ? [element("dl", {}, ...rows)] : []));
    this.info.scrollTop = 0;
  }

  drawViews() {
    for (const made of this.viewButtons ?? []) press(made, made.dataset.view === this.state.view);
  }

  drawPresets() {
    const now = tidy(this.state.angles);
    const presets = this.model.get("presets");
    const taken = presets.map(({ angles }) => same(tidy(angles), now));
    this.presetButtons.forEach((made, at) => press(made, taken[at]));
    // Moved on by hand from a position, it is still about that position.
    const at = taken.indexOf(true);
    if (at < 0 || this.notedAt === at) return;
    this.notedAt = at;
    const notes = presets[at].notes ?? [];
    this.notes.hidden = notes.length === 0;
    this.notes.replaceChildren(...notes.flatMap(({ term, words }) => [element("dt", {}, term), element("dd", {}, words)]));
  }

  showAngles(angles) {
    for (const [id, { input, output }] of this.sliders ?? []) {
      const value = Math.round(angles[id] ?? 0);
      if (Number(input.value) !== value) input.value = value;
      const text = `${number(value)}°`;
      if (output.textContent !== text) {
        output.textContent = text;
        input.setAttribute("aria-valuetext", `${number(value)} degrees`);
      } else if (!input.hasAttribute("aria-valuetext")) input.setAttribute("aria-valuetext", `${number(value)} degrees`);
    }
  }

  viewWords() {
    const { view } = this.state;
    if (typeof view === "string") return this.model.get("views").find(({ id }) => id === view).title.toLowerCase();
    const from = view.elevation > 5 ? `, from ${number(view.elevation)}° above`
      : view.elevation < -5 ? `, from ${number(-view.elevation)}° below` : "";
    const turn = Math.abs(view.azimuth);
    const side = turn < 1 || turn > 179 ? "" : view.azimuth > 0 ? " to the left side" : " to the right side";
    return `${number(turn)}° from the front${side}${from}`;
  }

  poseWords() {
    const parts = this.model.get("movements").filter(({ id }) => Math.round(this.state.angles[id] ?? 0) !== 0)
      .map(({ id, title }) => `${title.toLowerCase()} ${number(this.state.angles[id])}°`);
    return parts.length ? parts.join(", ") : "at rest, every angle 0°";
  }

  // What the picture shows, for whoever cannot see it.
  label() {
    const { selected, isolated, layers, marks, side } = this.state;
    const shown = isolated.length ? isolated.map((id) => this.titleOf(id)).join(", ")
      : this.layerIds().filter((layer) => layers.includes(layer)).map((layer) => this.layerTitle(layer).toLowerCase()).join(", ");
    const nogo = Object.entries(marks).map(([id, kind]) => `${this.titleOf(id)}: ${MARKS[kind][0]}`);
    const text = [
      this.model.get("title") + (side && this.model.get("own_side") && this.mirrored() ? `, mirrored: ${side} side` : ""),
      `View: ${this.viewWords()}`, `Pose: ${this.poseWords()}`, `Shown: ${shown || "nothing"}`,
      ...(selected ? [`Chosen: ${this.titleOf(selected)}`] : []), ...nogo,
    ].join(". ");
    if (this.canvas.getAttribute("aria-label") !== text) this.canvas.setAttribute("aria-label", text);
  }

  say(text) {
    put(this.status, text);
  }

  // ------------------------------------------------------------------ the kernel

  // Nothing goes to the kernel while anything moves; REST_MS after the last movement it gets the state, once.
  rest() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = 0;
      if (this.over) return;
      if (this.held || this.view?.motion) this.rest();
      else this.send({});
    }, REST_MS);
  }

  send(more) {
    const state = structuredClone(this.state);
    state.angles = tidy(state.angles);
    const changes = { ...more, ...(same(state, this.model.get("state")) ? {} : { state }) };
    if (!Object.keys(changes).length) return;
    try {
      for (const [name, value] of Object.entries(changes)) this.model.set(name, value);
      this.model.save_changes();
    } catch {
      // The kernel is gone; the figure goes on without it.
    }
  }
}

// A number from 0 to 1 that is always the same for the same name.
function chance(text) {
  let total = 2166136261;
  for (const sign of text) total = Math.imul(total ^ sign.codePointAt(0), 16777619);
  return ((total >>> 8) % 1000) / 999;
}

export default { render };
