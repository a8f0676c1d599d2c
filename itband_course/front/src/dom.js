// Small helpers for the page.

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export function drawn(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export function button(words, act, attributes = {}) {
  const made = element("button", { type: "button", ...attributes }, words);
  made.addEventListener("click", act);
  return made;
}

// Something to read: its citation, and where it can be opened.
export function citation({ cite, url }) {
  return element("li", {}, cite,
    ...(url ? [" ", element("a", { href: url, target: "_blank", rel: "noopener" }, url)] : []));
}

export function press(node, yes) {
  node.setAttribute("aria-pressed", yes ? "true" : "false");
}

export function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function number(value) {
  return String(Math.round(value)).replace("-", "−");
}

// Keys pressed in a widget are the widget's. JupyterLab listens before it does, and leaves alone what carries this
// attribute; Notebook 7 listens after it.
export function keepKeys(el) {
  const isOurs = (event) => !(event.ctrlKey || event.metaKey || event.altKey);
  const first = (event) => {
    if (el.contains(event.target)) event.target.toggleAttribute("data-lm-suppress-shortcuts", isOurs(event));
  };
  const last = (event) => {
    if (isOurs(event)) event.stopPropagation();
  };
  window.addEventListener("keydown", first, true);
  el.addEventListener("keydown", last);
  return () => {
    window.removeEventListener("keydown", first, true);
    el.removeEventListener("keydown", last);
  };
}

// #rrggbb or rgb(…) as three shares of one, as the screen has them.
export function shares(text) {
  const hex = /^#([0-9a-f]{6})$/i.exec(text.trim());
  if (hex) return [0, 2, 4].map((at) => parseInt(hex[1].slice(at, at + 2), 16) / 255);
  const found = text.match(/[\d.]+/g);
  return found ? found.slice(0, 3).map((value) => Number(value) / 255) : [0.5, 0.5, 0.5];
}
