// What the picture shows of a figure: its pose, its parts, the eye that looks, and what lies under a pointer.

import { Bone, Group, Matrix4, PerspectiveCamera, Scene, Skeleton, SkinnedMesh, Vector3 } from "three";
import { enter, exit, marksTexture, material } from "./engine.js";
import { meets } from "./rig.js";

const LENS = 18; // degrees from top to bottom: long, so that near and far look alike, as in an atlas
const TANGENT = Math.tan((LENS / 2 / 180) * Math.PI);
const ROOM = 1.06; // how much more than the figure is seen
const FADED = 0.14;
const MOVE_MS = 650;
const MAX_RATIO = 2;
// Each pixel of a plain screen is drawn as 2 x 2 and averaged, so that edges are smooth. What moves on a machine without
// a graphics card is drawn coarser, and finely again once it rests.
const FINE = 2;
const COARSE = 1;
const SLOW_MS = 45;
const FOLLOWS_MS = 800;
const FINE_AFTER_MS = 120;
const STEEP = 85;
// Meshes of one person still overlap by a little: so many metres the outer one is taken to lie nearer.
const ABOVE = { band: 0.002, skin: 0.012, cloth: 0.016, drape: 0.022 };
// The leg alone has no cloth that must lie on its skin. In deep bends groin and calf are drawn into one another by up to
// 38 mm, and none of that may come through.
const ABOVE_ALONE = { ...ABOVE, skin: 0.04 };
// From the inside out. What lies further out is painted later where it is clear.
const DEPTH = ["bones", "deep", "vessels", "drawn", "superficial", "band", "skin"];

const eased = (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2);
const mixed = (a, b, t) => a + (b - a) * t;
const around = (degrees) => ((((degrees + 180) % 360) + 360) % 360) - 180;

const above = (part, heights) => heights[part.head.tissue === "cloth" ? part.head.layer : part.head.tissue] ?? 0;

function calm() {
  return globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false;
}

export class View {
  // `canvas`: where to draw. `settled`: called when a movement has ended. `moved`: called with the angles at each step.
  constructor(canvas, { settled, moved }) {
    this.canvas = canvas;
    this.settled = settled;
    this.moved = moved;
    this.ratio = Math.min(globalThis.devicePixelRatio || 1, MAX_RATIO);
    this.engine = enter([canvas.clientWidth, canvas.clientHeight].map((size) => Math.max(1, Math.round(size * this.ratio))));
    this.scene = new Scene();
    this.root = new Group();
    this.scene.add(this.root);
    this.camera = new PerspectiveCamera(LENS, 1, 0.01, 20);
    this.marks = marksTexture();
    this.eye = { azimuth: 0, elevation: 0, roll: 0, target: [0, 0, 0], height: 1 };
    this.angles = {};
    this.meshes = new Map();
    this.veils = new Map();
    this.looks = { visible: new Set(), faded: new Set(), selected: "", hovered: "", marks: {}, palette: {} };
    this.pixels = [1, 1];
    this.posed = new Map(); // vertices in this pose, by part, for picking
    this.motion = null;
    this.frame = 0;
    this.times = [];
    this.drawings = 0;
    this.onScreen = true;
    this.draw = () => this.request();
    this.engine.onRestored.add(this.draw);
  }

  async load(data) {
    this.entry = this.engine.rig(data);
    const rig = await this.entry.ready;
    if (this.gone) return null;
    this.rig = rig;
    const bones = this.rig.header.bones.map(() => new Bone());
    this.skeleton = new Skeleton(bones, bones.map(() => new Matrix4()));
    this.pose = this.rig.pose({});
    this.heights = this.rig.parts.some((part) => part.head.tissue === "cloth") ? ABOVE : ABOVE_ALONE;
    for (const part of this.rig.parts) {
      const both = ["skin", "cloth"].includes(part.head.tissue);
      const mesh = this.mesh(part, material("solid", this.marks, both));
      mesh.visible = false;
      this.meshes.set(part.id, mesh);
    }
    this.line = this.mesh(this.rig.parts[0], material("line", this.marks));
    this.through = this.mesh(this.rig.parts[0], material("through", this.marks));
    this.line.visible = this.through.visible = false;
    this.place();
    return this.rig;
  }

  mesh(part, look) {
    const made = new SkinnedMesh(this.engine.geometry(this.entry, part), look);
    made.frustumCulled = false; // its own bounds would be worked out anew for each pose
    made.bindMode = "detached"; // bones are placed in the figure's own space; a mirrored leg is mirrored afterwards
    made.bind(this.skeleton, new Matrix4());
    made.matrixAutoUpdate = false;
    made.userData.depth = DEPTH.indexOf(part.head.layer);
    look.uniforms.nearer.value = above(part, this.heights);
    this.root.add(made);
    return made;
  }

  // ------------------------------------------------------------------ pose and eye

  place() {
    this.rig.pose(this.angles, this.pose);
    this.skeleton.bones.forEach((bone, at) => bone.matrixWorld.fromArray(this.pose, 16 * at));
    this.posed.clear();
  }

  mirror(yes) {
    this.root.scale.x = yes ? -1 : 1;
    this.request();
  }

  // Go to angles and to an eye, smoothly unless `atOnce`, or where the reader asks for calm.
  move({ angles = this.angles, eye = null, atOnce = false }) {
    const to = { angles, eye: eye ? { ...this.eye, ...eye } : { ...(this.motion?.to.eye ?? this.eye) } };
    const same = JSON.stringify([angles, to.eye]) === JSON.stringify([this.angles, this.eye]);
    if (atOnce || same || calm()) {
      this.motion = null;
      this.set(to.angles, to.eye);
      this.settled();
      return;
    }
    this.motion = { from: { angles: this.angles, eye: this.eye }, to, start: null };
    this.request();
  }

  set(angles, eye) {
    this.eye = eye;
    this.angles = { ...angles };
    this.place();
    this.request();
  }

  step(now) {
    const { from, to } = this.motion;
    this.motion.start ??= now;
    const passed = Math.min(1, (now - this.motion.start) / MOVE_MS);
    const t = eased(passed);
    const angles = {};
    for (const name of new Set([...Object.keys(from.angles), ...Object.keys(to.angles)])) {
      angles[name] = mixed(from.angles[name] ?? 0, to.angles[name] ?? 0, t);
    }
    const done = passed === 1;
    this.eye = done ? to.eye : {
      azimuth: from.eye.azimuth + around(to.eye.azimuth - from.eye.azimuth) * t,
      elevation: mixed(from.eye.elevation, to.eye.elevation, t),
      roll: from.eye.roll + around(to.eye.roll - from.eye.roll) * t,
      target: from.eye.target.map((value, axis) => mixed(value, to.eye.target[axis], t)),
      height: mixed(from.eye.height, to.eye.height, t),
    };
    this.angles = done ? { ...to.angles } : angles;
    this.place();
    this.moved(this.angles);
    if (done) {
      this.motion = null;
      this.settled();
    } else this.request();
  }

  // Right, up and towards the eye, for an eye that stands there and has its head tilted by `roll`.
  axes({ azimuth, elevation, roll = 0 }) {
    const [a, e, r] = [azimuth, elevation, roll].map((degrees) => (degrees * Math.PI) / 180);
    const right = [Math.cos(a), 0, -Math.sin(a)];
    const up = [-Math.sin(a) * Math.sin(e), Math.cos(e), -Math.cos(a) * Math.sin(e)];
    return [
      right.map((value, k) => Math.cos(r) * value + Math.sin(r) * up[k]),
      up.map((value, k) => Math.cos(r) * value - Math.sin(r) * right[k]),
      [Math.sin(a) * Math.cos(e), Math.sin(e), Math.cos(a) * Math.cos(e)],
    ];
  }

  // The eye from which these parts fill the picture, in a pose. `room`: how much more than them is seen.
  fit({ azimuth, elevation, roll = 0, angles = this.angles, parts = null, region = "", room = ROOM, least = 0 }) {
    const axes = this.axes({ azimuth, elevation, roll });
    const pose = this.rig.pose(angles);
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    const number = region ? this.rig.header.regions.findIndex(({ id }) => id === region) : -1;
    // Few points of each are enough where there are many parts.
    const enough = Math.max(150, Math.round(8000 / (parts ?? this.looks.visible).size));
    for (const part of this.rig.parts) {
      if (number >= 0 ? !part.regions : parts ? !parts.has(part.id) : !this.looks.visible.has(part.id)) continue;
      const every = number >= 0 ? 1 : Math.max(1, Math.floor(part.count / enough));
      const points = part.skin(pose, new Float32Array(3 * Math.ceil(part.count / every)), every);
      const counted = number >= 0 ? part.within(number) : null;
      for (let at = 0; at < points.length; at += 3) {
        if (counted && !counted.has(at / 3)) continue;
        const x = points[at] * this.root.scale.x;
        axes.forEach((axis, k) => {
          const along = x * axis[0] + points[at + 1] * axis[1] + points[at + 2] * axis[2];
          low[k] = Math.min(low[k], along);
          high[k] = Math.max(high[k], along);
        });
      }
    }
    if (low[0] > high[0]) return { ...this.eye, azimuth, elevation, roll };
    const [width, height, depth] = low.map((value, k) => high[k] - value);
    const aspect = this.pixels[0] / this.pixels[1];
    const seen = Math.max(height, width / aspect, least) * room;
    const middle = low.map((value, k) => (value + high[k]) / 2);
    const target = [0, 1, 2].map((k) => axes[0][k] * middle[0] + axes[1][k] * middle[1] + axes[2][k] * middle[2]);
    // What is nearest must fit, too.
    return { azimuth, elevation, roll, target, height: seen + depth * TANGENT };
  }

  // Whoever turns the figure by hand takes the eye from a movement that is under way; the pose goes on.
  guide(changes) {
    this.eye = { ...this.eye, ...changes };
    if (this.motion) this.motion.from.eye = this.motion.to.eye = this.eye;
    this.request();
  }

  // Go around the figure, by degrees to the right and up as the picture has it.
  turn(right, up) {
    const roll = (this.eye.roll * Math.PI) / 180;
    this.guide({
      azimuth: around(this.eye.azimuth + right * Math.cos(roll) - up * Math.sin(roll)),
      elevation: Math.max(-STEEP, Math.min(STEEP, this.eye.elevation + right * Math.sin(roll) + up * Math.cos(roll))),
    });
  }

  zoom(factor) {
    this.guide({ height: Math.max(0.08, Math.min(6, this.eye.height / factor)) });
  }

  // Shift the picture by CSS pixels.
  shift(right, down) {
    const axes = this.axes(this.eye);
    const size = this.eye.height / (this.canvas.clientHeight || 1);
    this.guide({ target: this.eye.target.map((value, k) => value - axes[0][k] * right * size + axes[1][k] * down * size) });
  }

  // ------------------------------------------------------------------ looks

  look(changes) {
    Object.assign(this.looks, changes);
    const { visible, faded, selected, hovered, marks, palette } = this.looks;
    const { regions } = this.rig.header;
    const place = (id) => regions?.findIndex((region) => region.id === id) ?? -1;
    const chosen = place(selected);
    const pointed = place(hovered);
    const cells = this.marks.image.data;
    cells.fill(0);
    for (const [id, kind] of Object.entries(marks)) {
      const [colour, pattern] = palette.marks[kind];
      cells.set([...colour.map((value) => Math.round(255 * value)), pattern], 4 * place(id));
    }
    this.marks.needsUpdate = true;
    for (const part of this.rig.parts) {
      const mesh = this.meshes.get(part.id);
      const clear = faded.has(part.id);
      const look = mesh.material;
      mesh.visible = visible.has(part.id);
      mesh.renderOrder = clear ? 100 + 10 * mesh.userData.depth + 1 : 0;
      look.transparent = clear;
      look.depthWrite = !clear;
      look.uniforms.opacity.value = clear ? FADED : 1;
      look.uniforms.colour.value.set(...palette.part(part.head));
      look.uniforms.lift.value = part.id === selected ? 0.16 : part.id === hovered ? 0.1 : 0;
      look.uniforms.edging.value = clear ? 0.7 : ["skin", "cloth"].includes(part.head.tissue) ? 0.26 : 0.46;
      look.uniforms.marked.value = part.regions ? 1 : 0;
      look.uniforms.chosen.value = chosen;
      look.uniforms.hovered.value = pointed;
      look.uniforms.accent.value.set(...palette.accent);
      this.veil(part, mesh, clear && mesh.visible);
    }
    const shown = this.meshes.get(selected);
    const marked = Boolean(shown?.visible);
    this.line.visible = this.through.visible = marked;
    if (marked) {
      this.line.geometry = this.through.geometry = shown.geometry;
      this.line.material.uniforms.nearer.value = shown.material.uniforms.nearer.value;
      this.line.material.uniforms.colour.value.set(...palette.ink);
      // Of what is clear, the ink must wait for the depth that the veil writes, or it fills the whole shape.
      const clear = shown.material.uniforms.opacity.value < 1;
      this.line.material.transparent = clear;
      this.line.renderOrder = clear ? shown.renderOrder - 0.5 : 0;
      this.through.renderOrder = 90;
      this.through.material.uniforms.colour.value.copy(shown.material.uniforms.colour.value);
      this.through.material.uniforms.opacity.value = 0.38;
    }
    this.request();
  }

  // What is clear shows its outer side only: its depth is written first, its colour after that.
  veil(part, mesh, wanted) {
    let veil = this.veils.get(part.id);
    if (wanted && !veil) {
      veil = this.mesh(part, material("veil", this.marks, true));
      veil.material.transparent = true;
      this.veils.set(part.id, veil);
    }
    if (!veil) return;
    veil.visible = wanted;
    veil.renderOrder = mesh.renderOrder - 1;
  }

  // ------------------------------------------------------------------ drawing

  resize() {
    const ratio = Math.min(globalThis.devicePixelRatio || 1, MAX_RATIO);
    this.ratio = ratio;
    this.pixels = [
      Math.max(1, Math.round(this.canvas.clientWidth * ratio)), Math.max(1, Math.round(this.canvas.clientHeight * ratio)),
    ];
    this.request();
  }

  request() {
    if (!this.frame && this.rig && this.onScreen && !this.gone) this.frame = requestAnimationFrame((now) => this.paint(now));
  }

  // Draw at once what was asked for, rather than with the page's next frame.
  paintNow() {
    if (!this.frame) return;
    cancelAnimationFrame(this.frame);
    this.paint(performance.now());
  }

  seen(yes) {
    this.onScreen = yes;
    this.request();
  }

  // How many pixels to draw for one of the page's. Frames that follow each other are a movement.
  sharpness(now) {
    const gap = now - (this.painted ?? -Infinity);
    this.painted = now;
    const moving = gap < FOLLOWS_MS || this.motion !== null || this.drawings === 0; // the first picture comes soon
    if (gap < FOLLOWS_MS) this.pace = 0.7 * (this.pace ?? gap) + 0.3 * gap;
    clearTimeout(this.refine);
    if (!moving || !(this.engine.slow || this.pace > SLOW_MS)) return FINE;
    this.refine = setTimeout(() => {
      this.painted = -Infinity;
      this.request();
    }, FINE_AFTER_MS);
    return COARSE;
  }

  paint(now) {
    this.frame = 0;
    if (this.gone) return;
    const began = performance.now();
    if (this.motion) this.step(now);
    const { target, height } = this.eye;
    const axes = this.axes(this.eye);
    const away = height / 2 / TANGENT;
    this.camera.aspect = this.pixels[0] / this.pixels[1];
    this.camera.near = Math.max(0.05, away - 2.5);
    this.camera.far = away + 2.5;
    this.camera.position.set(...target.map((value, k) => value + axes[2][k] * away));
    this.camera.up.set(...axes[1]);
    this.camera.lookAt(new Vector3(...target));
    this.camera.updateProjectionMatrix();
    const scale = this.sharpness(now);
    const size = this.pixels.map((count) => Math.max(1, Math.round((count * scale) / this.ratio)));
    for (const mesh of this.meshes.values()) mesh.material.uniforms.pixel.value = scale;
    this.line.material.uniforms.grow.value = (1.6 * height) / (this.pixels[1] / this.ratio);
    this.engine.draw(this.scene, this.camera, this.canvas, size, this.pixels);
    this.drawings += 1;
    this.times.push(performance.now() - began);
    if (this.times.length > 500) this.times.shift();
    this.sharp = scale === FINE;
    if (scale === COARSE) this.engine.wait();
  }

  // Whether the picture stands still, finely drawn.
  get still() {
    return !this.frame && !this.motion && this.sharp;
  }

  // ------------------------------------------------------------------ what lies where

  points(part) {
    let found = this.posed.get(part.id);
    if (!found) {
      const points = part.skin(this.pose);
      const low = [Infinity, Infinity, Infinity];
      const high = [-Infinity, -Infinity, -Infinity];
      for (let at = 0; at < points.length; at += 3) {
        for (let k = 0; k < 3; k += 1) {
          if (points[at + k] < low[k]) low[k] = points[at + k];
          if (points[at + k] > high[k]) high[k] = points[at + k];
        }
      }
      found = { points, low, high };
      this.posed.set(part.id, found);
    }
    return found;
  }

  // What stands at a place of the picture, from 0 to 1 to the right and down: {part, region} or null. What is clear is
  // looked through, clothes too; what lies on a table or under a sheet is covered.
  under(right, down) {
    const axes = this.axes(this.eye);
    const { target, height } = this.eye;
    const away = height / 2 / TANGENT;
    const x = (right - 0.5) * height * (this.pixels[0] / this.pixels[1]);
    const y = (0.5 - down) * height;
    const origin = target.map((value, k) => value + axes[2][k] * away);
    const ray = [0, 1, 2].map((k) => axes[0][k] * x + axes[1][k] * y - axes[2][k] * away);
    const direction = ray.map((value) => value / Math.hypot(...ray));
    const sign = this.root.scale.x;
    origin[0] *= sign;
    direction[0] *= sign;
    const { visible, faded } = this.looks;
    const shown = this.rig.parts.filter((part) => visible.has(part.id) && part.head.layer !== "cloth");
    return this.nearest(shown.filter((part) => !faded.has(part.id)), origin, direction)
      ?? this.nearest(shown.filter((part) => faded.has(part.id)), origin, direction);
  }

  nearest(parts, origin, direction) {
    let best = null;
    for (const part of parts) {
      const { points, low, high } = this.points(part);
      if (!crosses(low, high, origin, direction)) continue;
      const hit = meets(part, points, origin, direction);
      if (hit) hit.distance -= above(part, this.heights);
      if (hit && (best === null || hit.distance < best.distance)) best = { ...hit, part };
    }
    if (!best || best.part.head.tissue === "cloth") return null;
    const region = this.rig.header.regions?.[best.part.regions?.[best.face]]?.id ?? "";
    return { part: best.part.id, region };
  }

  // Where a point of the figure stands in the picture, from 0 to 1 to the right and down.
  project([x, y, z]) {
    const point = new Vector3(x * this.root.scale.x, y, z).project(this.camera);
    return [(point.x + 1) / 2, (1 - point.y) / 2];
  }

  dispose() {
    if (this.gone) return;
    this.gone = true;
    cancelAnimationFrame(this.frame);
    clearTimeout(this.refine);
    this.engine.onRestored.delete(this.draw);
    for (const mesh of this.root.children) mesh.material.dispose();
    this.skeleton?.dispose();
    this.marks.dispose();
    if (this.entry) this.engine.leave(this.entry);
    exit(this.engine);
  }
}

function crosses(low, high, origin, direction) {
  let near = -Infinity;
  let far = Infinity;
  for (let k = 0; k < 3; k += 1) {
    const [a, b] = [(low[k] - origin[k]) / direction[k], (high[k] - origin[k]) / direction[k]];
    near = Math.max(near, Math.min(a, b));
    far = Math.min(far, Math.max(a, b));
  }
  return near <= far && far > 0;
}
