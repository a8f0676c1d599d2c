// One WebGL context for all moving figures of a page: each figure has a plain canvas of its own, and what the context
// drew is copied into it. A browser gives a page some sixteen contexts, and a notebook may hold more figures than that.

import {
  BackSide, Bone, BufferAttribute, BufferGeometry, DataTexture, DoubleSide, FrontSide, GreaterDepth, LinearSRGBColorSpace,
  PerspectiveCamera, RGBAFormat, Scene, ShaderMaterial, Skeleton, SkinnedMesh, UnsignedByteType, Vector3, WebGLRenderer,
  WebGLRenderTarget,
} from "three";
import { fingerprint, readRig } from "./rig.js";

const NO_REGION = 255;
const KEPT_MS = 60_000; // a context without figures: Run All takes the old ones away before it draws the new ones

const VERTEX = `
#include <skinning_pars_vertex>
attribute float region;
uniform float grow;
uniform float nearer;
varying vec3 vNormal;
varying vec3 vView;
varying float vRegion;
void main() {
  vec3 transformed = position;
  vec3 objectNormal = normal;
  #include <skinbase_vertex>
  #include <skinnormal_vertex>
  #include <skinning_vertex>
  transformed += normalize(objectNormal) * grow;
  vec4 seen = modelViewMatrix * vec4(transformed, 1.0);
  vNormal = normalMatrix * objectNormal;
  vView = -seen.xyz;
  vRegion = region;
  gl_Position = projectionMatrix * seen;
  // What lies on top wins over what comes through it by a few millimetres: only its depth is drawn nearer.
  vec4 front = projectionMatrix * (seen + vec4(0.0, 0.0, nearer, 0.0));
  gl_Position.z = front.z / front.w * gl_Position.w;
}`;

// Light from the upper left of whoever looks, as in an atlas. The normal is turned towards the eye, so that a face whose
// order is wrong is lit like its neighbours. Edges go darker where a thing is opaque, and denser where it is clear.
const FRAGMENT = `
uniform vec3 colour;
uniform float opacity;
uniform float lift;
uniform float flatness;
uniform float edging;
uniform float pixel;
uniform float hovered;
uniform float chosen;
uniform float marked;
uniform vec3 accent;
uniform sampler2D marks;
varying vec3 vNormal;
varying vec3 vView;
varying float vRegion;
void main() {
  vec3 n = normalize(vNormal);
  vec3 v = normalize(vView);
  if (dot(n, v) < 0.0) n = -n;
  float facing = clamp(dot(n, v), 0.0, 1.0);
  vec3 base = colour;
  if (marked > 0.5) {
    vec4 mark = texture2D(marks, vec2((vRegion + 0.5) / 256.0, 0.5));
    float kind = floor(mark.a * 255.0 + 0.5);
    vec2 at = gl_FragCoord.xy / pixel;
    if (kind == 1.0) base = fract(at.y / 8.0) < 0.3 ? mark.rgb : mix(base, mark.rgb, 0.16);
    if (kind == 2.0) base = fract((at.x + at.y) / 9.0) < 0.42 ? mark.rgb : mix(base, mark.rgb, 0.16);
    if (kind == 3.0) base = length(fract(at / 7.0) - 0.5) < 0.24 ? mark.rgb : mix(base, mark.rgb, 0.12);
    if (abs(vRegion - chosen) < 0.5) base = mix(base, accent, 0.45);
    else if (abs(vRegion - hovered) < 0.5) base = mix(base, accent, 0.2);
  }
  float key = max(dot(n, normalize(vec3(-0.42, 0.62, 0.66))), 0.0);
  float fill = max(dot(n, normalize(vec3(0.85, -0.1, 0.5))), 0.0);
  float light = 0.44 + 0.13 * (0.5 + 0.5 * n.y) + 0.46 * key + 0.12 * fill;
  float edge = pow(1.0 - facing, 2.2);
  vec3 lit = base * light + 0.05 * pow(max(dot(n, normalize(vec3(-0.3, 0.5, 0.85))), 0.0), 18.0);
  lit *= 1.0 - edging * edge;
  lit = mix(lit, base, flatness);
  lit = mix(lit, vec3(1.0), lift);
  float dense = opacity < 1.0 ? clamp(opacity + 0.5 * edge, 0.0, 1.0) : 1.0;
  gl_FragColor = vec4(lit, dense);
}`;

function marksTexture() {
  const texture = new DataTexture(new Uint8Array(256 * 4), 256, 1, RGBAFormat, UnsignedByteType);
  texture.needsUpdate = true;
  return texture;
}

// How one thing looks. `kind`: "solid" as it is, "veil" writes depth only, "line" the ink around it, "through" what of
// it lies behind something else.
export function material(kind, marks, both = false) {
  const made = new ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: {
      colour: { value: new Vector3(1, 1, 1) },
      opacity: { value: 1 },
      lift: { value: 0 },
      flatness: { value: kind === "line" ? 1 : 0 },
      edging: { value: 0.42 },
      grow: { value: 0 },
      nearer: { value: 0 },
      pixel: { value: 1 },
      hovered: { value: -1 },
      chosen: { value: -1 },
      marked: { value: 0 },
      accent: { value: new Vector3(0, 0.4, 0.4) },
      marks: { value: marks },
    },
  });
  // Skin and cloth have an inner side that can be seen; the rest are closed bodies, of which half need no drawing.
  made.side = kind === "line" ? BackSide : both ? DoubleSide : FrontSide;
  made.forceSinglePass = true;
  if (kind === "veil") made.colorWrite = false;
  if (kind === "through") {
    made.transparent = true;
    made.depthWrite = false;
    made.depthFunc = GreaterDepth;
  }
  return made;
}

// A vertex between two regions is doubled, so that each triangle has one region; the first vertices stay in order.
function regioned(part) {
  const faces = part.count < 65_536 ? Uint32Array.from(part.faces) : part.faces.slice();
  const from = Array.from({ length: part.count }, (_, at) => at);
  const region = new Array(part.count).fill(-1);
  const copies = new Map();
  for (let at = 0; at < faces.length; at += 1) {
    const vertex = faces[at];
    const wanted = part.regions[Math.floor(at / 3)];
    if (region[vertex] === -1) region[vertex] = wanted;
    else if (region[vertex] !== wanted) {
      const key = vertex * 256 + wanted;
      if (!copies.has(key)) {
        copies.set(key, from.length);
        from.push(vertex);
        region.push(wanted);
      }
      faces[at] = copies.get(key);
    }
  }
  return { faces, from, region: Uint8Array.from(region, (number) => (number < 0 ? NO_REGION : number)) };
}

function geometry(part) {
  const { positions, normals, bones, weights, regions, count } = part;
  const { faces, from, region } = regions ? regioned(part)
    : { faces: part.faces, from: null, region: new Uint8Array(count).fill(NO_REGION) };
  const gathered = (source, width) => {
    if (!from) return source;
    const target = new source.constructor(from.length * width);
    for (let at = 0; at < from.length; at += 1) {
      for (let k = 0; k < width; k += 1) target[width * at + k] = source[width * from[at] + k];
    }
    return target;
  };
  // One byte for each share of a direction, and four for each vertex, which graphics cards like.
  const tiny = new Int8Array(count * 4);
  for (let at = 0; at < count; at += 1) {
    for (let k = 0; k < 3; k += 1) tiny[4 * at + k] = Math.round(127 * normals[3 * at + k]);
  }
  const made = new BufferGeometry();
  made.setAttribute("position", new BufferAttribute(gathered(positions, 3), 3));
  made.setAttribute("normal", new BufferAttribute(gathered(tiny, 4), 4, true));
  made.setAttribute("skinIndex", new BufferAttribute(gathered(bones, 4), 4));
  made.setAttribute("skinWeight", new BufferAttribute(gathered(weights, 4), 4, true));
  made.setAttribute("region", new BufferAttribute(region, 1));
  made.setIndex(new BufferAttribute(faces, 1));
  return made;
}

class Engine {
  constructor(size) {
    this.users = 0;
    this.rigs = new Map();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = size; // at once as large as its first figure: a later change costs time
    const context = canvas.getContext("webgl2", { alpha: true, antialias: false, premultipliedAlpha: true });
    if (!context) throw new Error("WebGL did not start");
    this.context = context;
    this.pixel = new Uint8Array(4);
    const names = context.getExtension("WEBGL_debug_renderer_info");
    const name = names ? context.getParameter(names.UNMASKED_RENDERER_WEBGL) : "";
    this.slow = /swiftshader|llvmpipe|software|basic render/i.test(name); // no graphics card: the processor draws
    this.renderer = new WebGLRenderer({ canvas, context, alpha: true, antialias: false });
    this.renderer.setPixelRatio(1);
    this.renderer.setClearColor(0x000000, 0);
    this.renderer.setScissorTest(true);
    // The shaders mix colours as the page has them. So named, one program serves the canvas and what is drawn beside it.
    this.renderer.outputColorSpace = LinearSRGBColorSpace;
    this.renderer.debug.checkShaderErrors = false; // asking waits for the compiler; a test draws each of them
    this.warm();
    this.onRestored = new Set();
    canvas.addEventListener("webglcontextrestored", () => { for (const draw of this.onRestored) draw(); });
  }

  // Have the shaders translated while the rig is still being unpacked, and keep them for the next figure.
  warm() {
    const scene = new Scene();
    const triangle = new BufferGeometry();
    const numbers = { position: 3, normal: 3, skinIndex: 4, skinWeight: 4, region: 1 };
    for (const [name, width] of Object.entries(numbers)) {
      triangle.setAttribute(name, new BufferAttribute(new Float32Array(3 * width), width));
    }
    // What has an inner side that can be seen has a shader of its own.
    this.kept = [false, true].map((both) => material("solid", marksTexture(), both));
    const skeleton = new Skeleton([new Bone()]);
    for (const look of this.kept) {
      const mesh = new SkinnedMesh(triangle, look);
      mesh.bind(skeleton);
      scene.add(mesh);
    }
    this.renderer.compile(scene, new PerspectiveCamera());
    triangle.dispose();
    skeleton.dispose();
  }

  // The rig of these bytes, read once for all figures that show it.
  rig(data) {
    const key = fingerprint(data);
    let entry = this.rigs.get(key);
    if (!entry) {
      entry = { key, users: 0, geometries: new Map(), ready: readRig(data) };
      this.rigs.set(key, entry);
    }
    entry.users += 1;
    return entry;
  }

  geometry(entry, part) {
    if (!entry.geometries.has(part.id)) entry.geometries.set(part.id, geometry(part));
    return entry.geometries.get(part.id);
  }

  leave(entry) {
    entry.users -= 1;
    if (entry.users > 0) return;
    for (const made of entry.geometries.values()) made.dispose();
    this.rigs.delete(entry.key);
  }

  // Draw a scene in width x height pixels and copy it into a canvas, which may have fewer or more. The context's own
  // canvas is no larger than what is copied, since each copy costs by the whole of it: what is drawn finer is drawn
  // beside it and averaged into it. A canvas of a new size waits for all that is still to be drawn: it only ever grows.
  draw(scene, camera, canvas, [width, height], [wide, high]) {
    const { context, renderer } = this;
    const own = renderer.domElement;
    const finer = width > wide || height > high;
    const [across, down] = finer ? [wide, high] : [width, height];
    if (own.width < across || own.height < down) {
      renderer.setSize(Math.max(own.width, across), Math.max(own.height, down), false);
    }
    renderer.setViewport(0, 0, across, down);
    renderer.setScissor(0, 0, across, down);
    if (finer) {
      const target = this.target(width, height);
      target.viewport.set(0, 0, width, height);
      target.scissor.set(0, 0, width, height);
      renderer.setRenderTarget(target);
      renderer.render(scene, camera);
      renderer.setRenderTarget(null);
      renderer.state.bindFramebuffer(context.READ_FRAMEBUFFER, renderer.properties.get(target).__webglFramebuffer);
      context.blitFramebuffer(0, 0, width, height, 0, 0, across, down, context.COLOR_BUFFER_BIT, context.LINEAR);
      renderer.state.bindFramebuffer(context.READ_FRAMEBUFFER, null);
    } else renderer.render(scene, camera);
    if (canvas.width !== wide) canvas.width = wide;
    if (canvas.height !== high) canvas.height = high;
    const pen = canvas.getContext("2d");
    pen.globalCompositeOperation = "copy"; // what was there before goes away
    pen.drawImage(own, 0, own.height - down, across, down, 0, 0, wide, high);
  }

  // Where the fine picture is drawn, at least so large.
  target(width, height) {
    if (!this.beside || this.beside.width < width || this.beside.height < height) {
      const [wide, high] = [Math.max(this.beside?.width ?? 0, width), Math.max(this.beside?.height ?? 0, height)];
      this.beside?.dispose();
      this.beside = new WebGLRenderTarget(wide, high, { scissorTest: true });
    }
    return this.beside;
  }

  // Without a graphics card, orders pile up unseen and the picture comes late: wait until the last one is drawn.
  wait() {
    if (this.slow) this.context.readPixels(0, 0, 1, 1, this.context.RGBA, this.context.UNSIGNED_BYTE, this.pixel);
  }
}

// Each widget loads a module of its own, so the page, not the module, keeps the one engine.
const PLACE = Symbol.for("itband.figure.engine.1");

export function enter(size) {
  globalThis[PLACE] ??= new Engine(size);
  const engine = globalThis[PLACE];
  engine.users += 1;
  clearTimeout(engine.ending);
  return engine;
}

export function exit(engine) {
  engine.users -= 1;
  if (engine.users > 0) return;
  engine.ending = setTimeout(() => {
    if (globalThis[PLACE] === engine) delete globalThis[PLACE];
    for (const look of engine.kept) look.dispose();
    engine.beside?.dispose();
    engine.renderer.dispose();
    engine.renderer.forceContextLoss();
  }, KEPT_MS);
}

export { marksTexture };
