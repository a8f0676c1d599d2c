// The rig's file in the browser: unpacked, read, posed and skinned by the same rule as itband_course/rig.py.

const MAGIC = "ITBRIG1\n";
const TYPES = { "<u2": Uint16Array, "<u4": Uint32Array, "|u1": Uint8Array, u1: Uint8Array };
const SLIDE_METRES = 0.001; // a sliding joint's value is in millimetres

export class RigError extends Error {}

// What tells two files apart without reading them: gzip ends with the checksum and the length of what it holds.
export function fingerprint(data) {
  return `${data.byteLength}-${data.getUint32(data.byteLength - 8)}-${data.getUint32(data.byteLength - 4)}`;
}

export async function readRig(data) {
  if (typeof DecompressionStream === "undefined") {
    throw new RigError("This browser is too old to unpack the figure. Use a current Chrome, Edge, Firefox or Safari.");
  }
  let raw;
  try {
    raw = await new Response(new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  } catch {
    throw new RigError("The figure's file is damaged. Install the package again.");
  }
  if (new TextDecoder().decode(raw.slice(0, MAGIC.length)) !== MAGIC) {
    throw new RigError("This file is not a figure of the course. Install the package again.");
  }
  const length = new DataView(raw).getUint32(MAGIC.length, true);
  const start = MAGIC.length + 4;
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(raw, start, length)));
  return new Rig(header, raw, start + length);
}

function block(raw, base, { offset, dtype, shape }) {
  const count = shape.reduce((product, size) => product * size, 1);
  return new TYPES[dtype](raw, base + offset, count);
}

export class Rig {
  constructor(header, raw, base) {
    this.header = header;
    this.number = Object.fromEntries(header.bones.map((bone, place) => [bone.name, place]));
    this.parts = header.parts.map((head) => new Part(head, raw, base));
    this.partOf = new Map(this.parts.map((part) => [part.id, part]));
    this.angles = {};
    for (const joint of header.joints) {
      const [low, high] = this.angles[joint.name] ?? [joint.low, joint.high];
      this.angles[joint.name] = [Math.max(low, joint.low), Math.min(high, joint.high)];
    }
  }

  // Where each bone goes, as 4 x 4 matrices one after the other, each column by column as WebGL has them.
  pose(angles, target = new Float64Array(16 * this.header.bones.length)) {
    const { bones, joints } = this.header;
    const own = bones.map(() => null);
    for (const joint of joints) {
      const value = (joint.share ?? 1) * (angles[joint.name] ?? 0);
      if (value === 0) continue;
      const moved = joint.slide ? slid(joint.axis, value) : turned(joint.axis, joint.centre, value);
      const bone = this.number[joint.bone];
      own[bone] = own[bone] ? product(own[bone], moved) : moved;
    }
    bones.forEach((bone, place) => {
      const parent = bone.parent ? target.subarray(16 * this.number[bone.parent], 16 * this.number[bone.parent] + 16) : null;
      const matrix = parent && own[place] ? product(parent, own[place]) : (parent ?? own[place] ?? IDENTITY);
      target.set(matrix, 16 * place);
    });
    return target;
  }
}

const IDENTITY = new Float64Array([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);

function product(a, b) {
  const c = new Float64Array(16);
  for (let column = 0; column < 4; column += 1) {
    for (let row = 0; row < 4; row += 1) {
      let sum = 0;
      for (let k = 0; k < 4; k += 1) sum += a[4 * k + row] * b[4 * column + k];
      c[4 * column + row] = sum;
    }
  }
  return c;
}

function turned([x, y, z], centre, degrees) {
  const angle = (degrees * Math.PI) / 180;
  const [s, c] = [Math.sin(angle), Math.cos(angle)];
  const d = 1 - c;
  const m = new Float64Array([
    c + d * x * x, d * x * y + s * z, d * x * z - s * y, 0,
    d * x * y - s * z, c + d * y * y, d * y * z + s * x, 0,
    d * x * z + s * y, d * y * z - s * x, c + d * z * z, 0,
    0, 0, 0, 1,
  ]);
  for (let row = 0; row < 3; row += 1) {
    m[12 + row] = centre[row] - m[row] * centre[0] - m[4 + row] * centre[1] - m[8 + row] * centre[2];
  }
  return m;
}

function slid(axis, value) {
  const m = IDENTITY.slice();
  for (let row = 0; row < 3; row += 1) m[12 + row] = axis[row] * value * SLIDE_METRES;
  return m;
}

class Part {
  constructor(head, raw, base) {
    this.head = head;
    this.id = head.id;
    const grid = block(raw, base, head.positions);
    const faces = block(raw, base, head.faces);
    const regions = head.regions ? block(raw, base, head.regions) : null;
    this.count = grid.length / 3;
    this.positions = new Float32Array(grid.length);
    for (let k = 0; k < 3; k += 1) {
      const low = head.low[k];
      const step = head.step[k];
      for (let at = k; at < grid.length; at += 3) this.positions[at] = low + step * grid[at];
    }
    this.bones = block(raw, base, head.bones);
    this.weights = block(raw, base, head.weights);
    this.faces = faces;
    this.regions = regions;
    this.normals = normals(this.positions, faces);
  }

  // The vertices of one region of the skin.
  within(region) {
    const found = new Set();
    this.regions.forEach((number, face) => {
      if (number === region) for (let at = 3 * face; at < 3 * face + 3; at += 1) found.add(this.faces[at]);
    });
    return found;
  }

  // Its vertices in a pose, as the graphics card has them; into `target`, of three numbers a vertex.
  skin(pose, target = new Float32Array(this.positions.length), every = 1) {
    const { positions, bones, weights } = this;
    for (let at = 0, to = 0; at < this.count; at += every, to += 3) {
      const px = positions[3 * at];
      const py = positions[3 * at + 1];
      const pz = positions[3 * at + 2];
      let x = 0;
      let y = 0;
      let z = 0;
      for (let k = 4 * at; k < 4 * at + 4; k += 1) {
        const share = weights[k] / 255;
        if (share === 0) continue;
        const m = 16 * bones[k];
        x += share * (pose[m] * px + pose[m + 4] * py + pose[m + 8] * pz + pose[m + 12]);
        y += share * (pose[m + 1] * px + pose[m + 5] * py + pose[m + 9] * pz + pose[m + 13]);
        z += share * (pose[m + 2] * px + pose[m + 6] * py + pose[m + 10] * pz + pose[m + 14]);
      }
      target[to] = x;
      target[to + 1] = y;
      target[to + 2] = z;
    }
    return target;
  }
}

// No arrays are made in here: it runs once for each of some hundred thousand faces.
function normals(p, faces) {
  const sum = new Float32Array(p.length);
  for (let face = 0; face < faces.length; face += 3) {
    const a = 3 * faces[face];
    const b = 3 * faces[face + 1];
    const c = 3 * faces[face + 2];
    const ux = p[b] - p[a];
    const uy = p[b + 1] - p[a + 1];
    const uz = p[b + 2] - p[a + 2];
    const vx = p[c] - p[a];
    const vy = p[c + 1] - p[a + 1];
    const vz = p[c + 2] - p[a + 2];
    const x = uy * vz - uz * vy;
    const y = uz * vx - ux * vz;
    const z = ux * vy - uy * vx;
    sum[a] += x; sum[a + 1] += y; sum[a + 2] += z;
    sum[b] += x; sum[b + 1] += y; sum[b + 2] += z;
    sum[c] += x; sum[c + 1] += y; sum[c + 2] += z;
  }
  for (let at = 0; at < sum.length; at += 3) {
    const length = Math.sqrt(sum[at] ** 2 + sum[at + 1] ** 2 + sum[at + 2] ** 2) || 1;
    sum[at] /= length;
    sum[at + 1] /= length;
    sum[at + 2] /= length;
  }
  return sum;
}

// The nearest triangle of a part that a ray meets: its distance and its number, or null.
export function meets(part, points, origin, direction) {
  const { faces } = part;
  const ox = origin[0];
  const oy = origin[1];
  const oz = origin[2];
  const dx = direction[0];
  const dy = direction[1];
  const dz = direction[2];
  let best = null;
  for (let face = 0; face < faces.length; face += 3) {
    const a = 3 * faces[face];
    const b = 3 * faces[face + 1];
    const c = 3 * faces[face + 2];
    const ax = points[a];
    const ay = points[a + 1];
    const az = points[a + 2];
    const ux = points[b] - ax;
    const uy = points[b + 1] - ay;
    const uz = points[b + 2] - az;
    const vx = points[c] - ax;
    const vy = points[c + 1] - ay;
    const vz = points[c + 2] - az;
    const px = dy * vz - dz * vy;
    const py = dz * vx - dx * vz;
    const pz = dx * vy - dy * vx;
    const determinant = ux * px + uy * py + uz * pz;
    if (Math.abs(determinant) < 1e-14) continue;
    const tx = ox - ax;
    const ty = oy - ay;
    const tz = oz - az;
    const u = (tx * px + ty * py + tz * pz) / determinant;
    if (u < 0 || u > 1) continue;
    const qx = ty * uz - tz * uy;
    const qy = tz * ux - tx * uz;
    const qz = tx * uy - ty * ux;
    const v = (dx * qx + dy * qy + dz * qz) / determinant;
    if (v < 0 || u + v > 1) continue;
    const distance = (vx * qx + vy * qy + vz * qz) / determinant;
    if (distance > 0 && (best === null || distance < best.distance)) best = { distance, face: face / 3 };
  }
  return best;
}
