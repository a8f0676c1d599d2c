// The sums of each simulated test: from what the student has set and the client's true angle to what the inclinometer
// reads, how the body stands, what the hands feel, whether the movement has come to its end in good hands (`ended`), and what is at fault (`spoils`: no good reading, however near it is). The geometry is that of the body; how far the
// pelvis follows and how much flexion lets the thigh sink are drawn, not measured: facts about tests say which way only.

const SINKS = 0.3; // degrees that the thigh sinks further for each degree of hip flexion
const FOLLOWS = 18; // degrees that an unheld pelvis follows at most
const TIPS = 0.5; // degrees that the pelvis tips for each degree that the sound knee is off
const TO_THE_EDGE = 90; // millimetres
const BEHIND = 14;
const ARCHES = 12; // degrees that an unheld pelvis tips forward at most under the weight of the leg
const FLAT = 112; // the sound hip's flexion at which the back is just flat
const FLAT_WITHIN = 4;
const REACH = 0.7; // degrees at shoulder and elbow for each degree that the held knee is away
const LIFTS = 0.5; // degrees that the pelvis tips for each degree of knee bend after the hip has begun to lift
const NOTED = 2; // a fault of so many degrees is worth a word
const IN_LINE = 5;
const LOWER_HIP = [40, 50];
const EARLY = 2;

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const sides = (side) => (side === "right" ? ["r", "l", 1] : ["l", "r", -1]);

// What is past or short of the angle that should have been read, if it is worth a word.
function missed(value, end, past) {
  const off = Math.round(value - end);
  if (off > NOTED) return [{ id: past, n: off }];
  if (off < -EARLY) return [{ id: "early", n: -off }];
  return [];
}

function sideLying(set, truth, side, start) {
  const [own, other, turn] = sides(side);
  const end = truth + Math.round(SINKS * set.forward);
  const wanted = set.down;
  const follows = set.hold ? 0 : clamp(wanted - end, 0, FOLLOWS);
  const reading = Math.min(wanted, end + follows);
  // A straight leg sinks behind the table's edge, not through the table.
  const straight = !start[`knee_flexion_${own}`];
  const angles = {
    ...(straight && { body_across: start.body_across - turn * TO_THE_EDGE }),
    [`hip_adduction_${own}`]: reading - follows,
    [`hip_flexion_${own}`]: set.forward - (straight ? BEHIND : 0),
    [`hip_flexion_${other}`]: set["lower-hip"],
    [`hip_adduction_${other}`]: 0.71 * follows,
    pelvic_drop: -turn * follows,
    spine_side: turn * (3 - follows),
    neck_side: turn * (follows - 3),
  };
  const felt = set.hold && wanted >= end ? "The leg comes to rest on your arm, and under your hand the pelvis wants to move."
    : set.hold ? "Your hand and hip hold the crest. The leg is heavy and loose."
      : follows > 0 ? "The leg sinks on. Look at the pelvis." : "The leg is heavy and loose. Nothing holds the pelvis.";
  return {
    reading, angles, felt, reached: reading, ended: set.hold && wanted >= end,
    faults: (value) => [
      ...missed(value, end, "rolled"),
      ...(set.forward > IN_LINE ? [{ id: "forward", n: set.forward }] : []),
      ...(set["lower-hip"] < LOWER_HIP[0] || set["lower-hip"] > LOWER_HIP[1]
        ? [{ id: "lower-hip", n: set["lower-hip"], spoils: true }] : []),
    ],
  };
}

function thomas(set, truth, side, start) {
  const [own, other] = sides(side);
  const knee = set["sound-knee"];
  const tipped = knee < FLAT - FLAT_WITHIN ? TIPS * (FLAT - knee) : knee > FLAT + FLAT_WITHIN ? -TIPS * (knee - FLAT) : 0;
  const end = Math.round(truth + tipped);
  const wanted = set.down;
  const follows = set.hold ? 0 : clamp(wanted - end, 0, ARCHES);
  const reading = Math.min(wanted, end + follows);
  const tilt = clamp(-8 + tipped + follows, -30, 30);
  const away = FLAT - knee + follows; // the hands go where the sound knee is
  const angles = {
    ...Object.fromEntries(["r", "l"].flatMap((arm) => [
      [`shoulder_flexion_${arm}`, start[`shoulder_flexion_${arm}`] - REACH * away],
      [`elbow_flexion_${arm}`, Math.max(0, start[`elbow_flexion_${arm}`] - REACH * away)],
    ])),
    pelvic_tilt: tilt,
    spine_flexion: -tilt,
    [`hip_flexion_${own}`]: clamp(tilt - reading - 1.5, -30, 125),
    [`hip_flexion_${other}`]: clamp(knee + 8 + tilt, -30, 125),
  };
  const felt = follows > 0 ? "The thigh sinks on, and the back comes off the table."
    : wanted >= end ? (set.hold ? "The thigh hangs, and under your hand the pelvis wants to tip." : "The thigh hangs.")
      : "You carry the leg; it is loose.";
  return {
    reading, angles, felt, reached: reading, ended: set.hold && wanted >= end,
    faults: (value) => [
      ...(tipped > NOTED ? [{ id: "arched", n: tipped }] : tipped < -NOTED ? [{ id: "pulled", n: -tipped }] : []),
      ...missed(value, end, "tipped"),
    ],
  };
}

function ely(set, truth, side) {
  const [own, other] = sides(side);
  const past = Math.max(0, set.bend - truth);
  const lift = clamp(LIFTS * past, 0, 15);
  const angles = {
    [`knee_flexion_${own}`]: set.bend,
    [`hip_flexion_${own}`]: lift,
    [`hip_flexion_${other}`]: lift,
    pelvic_tilt: lift,
    spine_flexion: -lift,
  };
  const felt = past > 0 ? (set.hold ? "Under your hand the pelvis has begun to lift." : "The heel comes nearer to the buttock.")
    : set.hold ? "The pelvis lies still under your hand." : "The knee bends easily.";
  return { reading: set.bend, angles, felt, ended: set.hold && past > 0, faults: (value) => missed(value, truth, "lifted") };
}

function noble(set, truth, side) {
  const [own] = sides(side);
  const there = set.thumb === "epicondyle";
  const past = truth - set.knee; // the knee is being straightened: less is further
  const angles = {
    [`knee_flexion_${own}`]: set.knee,
    [`hip_flexion_${own}`]: 15 + (75 * set.knee) / 90,
  };
  const felt = set.thumb === "none" ? "Your thumb lies nowhere yet."
    : !there ? "“I feel your thumb, nothing else.”"
      : past < 0 ? "“I feel your thumb.”" : past <= NOTED ? "“There! That is my pain.”" : "“That is my pain, please stop.”";
  return {
    reading: set.knee, angles, felt, ended: there && past <= NOTED,
    faults: (value) => {
      if (!there) return [{ id: "elsewhere", n: 0, spoils: true }];
      const off = Math.round(truth - value);
      return off > NOTED ? [{ id: "past", n: off }] : off < -EARLY ? [{ id: "early", n: -off }] : [];
    },
  };
}

export const WAYS = { "side-lying": sideLying, thomas, ely, noble };
