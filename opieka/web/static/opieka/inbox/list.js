// The list: rows in order, nothing moved under the pointer, one of them current.
const { all, one } = window.opieka;
// The rows that have their place, and the order they took it with.
const placed = new WeakMap();
let successor = null;
let scrolled = false;

export const rows = () => one("#rows");
export const links = () => all("#rows > li:not([hidden], [data-gone]) > .list-row");
export const current = () => one("#rows .list-row[aria-current]");

const held = () => all("#rows > li[data-id]");
const order = (row) => Number(row.dataset.order);
const falling = (a, b) => order(b) - order(a) || b.dataset.id - a.dataset.id;

// Before a swap, while asking costs no layout.
export const look = () => (scrolled = rows()?.scrollTop > 60);

export function adopt() {
  held().forEach((row) => placed.set(row, order(row)));
  mark();
}

// After every swap: put new and moved rows where they belong, unless somebody is about to press one.
export function tidy(force) {
  const list = rows();
  if (!list) return;
  const hold = !force && (scrolled || list.matches(":hover"));
  const last = one("#more-rows")?.previousElementSibling;
  const seen = new Map();
  for (const row of held()) {
    // Two answers may bring the same new row: the later one stays.
    seen.get(row.dataset.id)?.remove();
    seen.set(row.dataset.id, row);
    if (!placed.has(row) && last && order(row) < order(last)) row.remove();
    else if (!placed.has(row)) row.hidden = hold;
    else if ("gone" in row.dataset && !hold) {
      const beside = row.nextElementSibling?.dataset.id ? row.nextElementSibling : row.previousElementSibling;
      if (row.contains(current())) successor = beside?.firstElementChild;
      row.remove();
    }
  }
  if (!hold) {
    // Only what changed is moved: every row that moves is laid out anew.
    const still = held().filter((row) => placed.get(row) === order(row));
    for (const row of held()) {
      if (still.includes(row)) continue;
      row.hidden = false;
      const below = still.find((other) => falling(row, other) < 0) ?? one("#more-rows");
      if (row.nextElementSibling !== below) list.insertBefore(row, below);
      still.push(row);
      still.sort(falling);
      placed.set(row, order(row));
    }
  }
  if (held().length) one("#listed").classList.remove("is-empty"), one("#listed > .empty")?.remove();
  pill();
  mark();
}

function pill() {
  const button = one("#new-rows");
  const count = all("#rows > li[hidden]").length;
  const words = one("#new-rows-words").dataset;
  if (button.hidden === !!count) button.hidden = !count;
  if (count) one("span", button).textContent = (words[new Intl.PluralRules(document.documentElement.lang).select(count)] ?? words.many).replace(/\d+/, count);
}

// Where the pane is going. Until it has come, what else arrives does not mark the row that was left.
let heading = null;
export function head(number) {
  heading = number;
  mark();
}

function mark() {
  const number = heading ?? one("#conversation")?.dataset.number;
  const wanted = one(`#rows .list-row[href="/conversations/${number}/"]`);
  if (current() === wanted) return;
  current()?.removeAttribute("aria-current");
  wanted?.setAttribute("aria-current", "true");
}

export function move(step) {
  const found = links();
  const next = found[found.indexOf(current()) + step];
  if (next) go(next);
}

export function go(link) {
  link.focus({ preventScroll: true });
  link.scrollIntoView({ block: "nearest" });
  link.click();
}

// Where to go once the current conversation is settled: the row that took its place.
export function next() {
  const found = links();
  const at = found.indexOf(current());
  const beside = successor?.isConnected ? successor : found[0];
  successor = null;
  return at < 0 ? beside : (found[at + 1] ?? found[at - 1]);
}

let waiting = 0;
document.addEventListener("pointerout", (e) => {
  if (!e.target.closest("#rows") || e.relatedTarget?.closest("#rows")) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => (look(), tidy()), 800);
});

export function showNew() {
  rows().scrollTop = 0;
  tidy(true);
  links()[0]?.focus();
}

export function age() {
  const { now, minutes, hours } = one("#live").dataset;
  for (const time of all("time[data-ago]")) {
    const passed = Math.floor((Date.now() - new Date(time.dateTime)) / 60_000);
    const most = Number(time.dataset.ago);
    const recent = passed < 1 && most === 12 ? now : minutes.replace("#", Math.max(1, passed));
    const words = passed < 60 ? recent : passed < 60 * most ? hours.replace("#", Math.floor(passed / 60)) : "";
    // The same words again would cost a layout.
    if (words && words !== time.textContent) time.textContent = words;
  }
}
