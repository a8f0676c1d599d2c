// A pose: angles in degrees by name.

export const MOVED = "itband-moved"; // told on a figure's element when its pose is another

// Tenths of degrees, and only those that are not 0: the same pose is the same object.
export function tidy(angles) {
  return Object.fromEntries(Object.entries(angles).map(([name, value]) => [name, Math.round(10 * value) / 10])
    .filter(([, value]) => value !== 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function same(a, b) {
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return a === b;
  const [one, other] = [Object.keys(a), Object.keys(b)];
  return one.length === other.length && one.every((key) => same(a[key], b[key]));
}
