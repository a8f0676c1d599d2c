// When the kernel replied, and when it is late.

const LATE_MS = 3000; // no reply by then: the kernel is dead, busy or gone
const TICK_MS = 100;

// Act once LATE_MS have passed in which the page was free to hear a reply: while a picture is drawn by a slow machine, no
// tick passes. Returns what clearInterval takes.
export function whenLate(act) {
  let left = LATE_MS / TICK_MS;
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) return;
    clearInterval(timer);
    act();
  }, TICK_MS);
  return timer;
}

export function clockTime(iso) {
  return new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
