// The drawn body of a card: its views with the places on them, from what `card/pictures.py` makes. Whoever draws it has
// the same places as native controls beside it, for keyboard and screen reader.

import { drawn, element } from "../dom.js";

// `choose(place)` is called at a click on a place, `light(place, on)` as the pointer comes and goes. Returns the node, and
// in `drawings` by place what shows it, once for each view that has it: an area and a dot, which `data-chosen` and
// `data-lit` mark.
export function bodyMap(picture, name, { choose, light }) {
  const drawings = {};
  const views = (picture?.views ?? []).map((view, number) => {
    const [left, top, width, height] = view.box;
    const clip = `${name}-clip-${number}`;
    const hatch = `${name}-hatch-${number}`;
    const step = height / 70; // the hatching is as wide on every picture, however much of the body it shows
    const stripes = drawn("pattern", {
      id: hatch, width: step, height: step, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)",
    }, drawn("rect", { class: "itband-between", width: step, height: step }),
    drawn("rect", { class: "itband-stripe", width: step * 0.55, height: step }));
    const areas = [];
    const dots = [];
    for (const place of view.places) {
      const area = drawn("path", { class: "itband-area", d: place.path, "data-place": place.id, "fill-rule": "evenodd" });
      area.style.setProperty("--itband-hatch", `url(#${hatch})`);
      // A place that is small on the picture can also be hit just beside its border.
      const hit = place.small ? [drawn("path", { class: "itband-hit", d: place.path })] : [];
      const shape = drawn("g", {}, ...hit, area);
      const dot = drawn("circle", { class: "itband-dot", cx: place.at[0], cy: place.at[1], r: height / 90 });
      shape.addEventListener("click", () => choose(place.id));
      shape.addEventListener("pointerenter", () => light(place.id, true));
      shape.addEventListener("pointerleave", () => light(place.id, false));
      areas.push(shape);
      dots.push(dot);
      (drawings[place.id] ??= []).push({ area, dot });
    }
    const svg = drawn("svg", {
      role: "img", viewBox: view.box.join(" "),
      "aria-label": `${view.shows}. ${view.title}: ${view.turned}. The places are in the list.`,
    },
    drawn("defs", {}, stripes, drawn("clipPath", { id: clip }, drawn("rect", { x: left, y: top, width, height }))),
    drawn("g", { "clip-path": `url(#${clip})` },
      drawn("path", { class: "itband-skin", d: view.outline, "fill-rule": "evenodd" }),
      drawn("path", { class: "itband-top", d: view.top, "fill-rule": "evenodd" }),
      drawn("path", { class: "itband-shorts", d: view.shorts, "fill-rule": "evenodd" }),
      ...areas, ...dots));
    svg.style.setProperty("--itband-wide", width / height);
    return element("figure", { class: "itband-view" }, svg,
      element("figcaption", {}, view.title, element("small", {}, view.turned),
        ...(view.credit ? [element("small", { class: "itband-credit" }, view.credit)] : [])));
  });
  const node = element("div", { class: "itband-map" }, ...views);
  // All views at one scale, two of them beside each other.
  const wide = (picture?.views ?? []).map((view) => view.box[2]);
  const widest = Math.max(...wide.map((width, number) => width + (number % 2 ? wide[number - 1] : wide[number + 1] ?? 0)));
  views.forEach((view, number) => {
    view.style.setProperty("--itband-share", wide[number] / widest);
    view.style.setProperty("--itband-alone", wide[number] / Math.max(...wide));
  });
  (picture?.paint ?? []).forEach((paint, dark) => {
    for (const [what, colour] of Object.entries(paint)) {
      node.style.setProperty(`--itband-${what}-${dark ? "dark" : "light"}`, colour);
    }
  });
  return { node, drawings };
}
