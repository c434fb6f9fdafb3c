// The inbox as one page: opening, keeping up with what changes, going on to the next one.
import * as list from "./list.js";
import { listen } from "./live.js";

const { all, one, on, toast } = window.opieka;
const live = one("#live");
const pane = () => one("#conversation");
const narrow = (width) => matchMedia(`(max-width: ${width}px)`).matches;

// What only this page knows is left alone by a morph: marks of rows, what is unfolded.
const KEPT = { "aria-current": ".list-row", "data-picked": ".list-row", open: "details", hidden: "li" };
htmx.registerExtension("opieka", { htmx_before_morph_attr: (el, { attrName }) => !el.matches(KEPT[attrName] ?? "none") });

// --- keeping up -------------------------------------------------------------------------------------------------------
const changed = new Set();
let watch = false;
let flying = false;
let timer = 0;
let fetchedAt = 0;

function heard(topics) {
  const open = pane()?.dataset.id;
  if (topics.includes("*")) afresh();
  for (const topic of topics) {
    const [what, id] = topic.split(":");
    if (what === "conversation") changed.add(id);
    watch ||= topic === `presence:${open}`;
  }
  soon();
}

// Away for too long to say what changed: everything that is shown is asked for.
function afresh() {
  htmx.ajax("GET", `/inbox/list/${location.search}`, { source: live, target: "#listed", swap: "outerHTML" });
  if (pane().dataset.id) changed.add(pane().dataset.id);
}

// The first change is asked for at once; those that follow within 100 ms go together.
function soon(wait = 0) {
  if (flying || timer || !(changed.size || watch)) return;
  wait ||= fetchedAt + 100 - Date.now();
  if (wait > 0) timer = setTimeout(refetch, wait);
  else refetch();
}

async function refetch() {
  timer = 0;
  if (composer?.sending) return soon(50);
  const ids = [...changed].slice(0, 60);
  ids.forEach((id) => changed.delete(id));
  const asked = new URLSearchParams(location.search);
  const have = ids.filter((id) => one(`#row-${id}`));
  const known = all("#tabs, #conversation [data-v]").map((el) => `${el.id}~${el.dataset.v}`);
  const said = { c: ids, have, known, open: pane()?.dataset.number ?? "", watch: watch ? 1 : "" };
  for (const name in said) asked.set(name, said[name]);
  watch = false;
  flying = true;
  fetchedAt = Date.now();
  await htmx.ajax("GET", `/inbox/changes/?${asked}`, { source: live, target: live, swap: "none" });
  flying = false;
  soon();
}

listen(Number(live.dataset.seq), heard, (away) => {
  composer?.sendWaiting(() => heard([`conversation:${pane().dataset.id}`]));
  if (away > 3_000) toast("back");
});

// --- writing is fetched once the page stands, or sooner when somebody comes near it -----------------------------------
let composer = null;
const write = () => composer || import("./composer.js").then((module) => composer || ((composer = module), composer.restore()));
for (const name of ["pointerover", "focusin"]) on(name, (e) => e.target.closest?.("#dock, #articles") && write());
on("change", (e) => e.target.matches("#composer [name=mode]") && one(`#${e.target.value}-text`).focus());

export function here(also = {}) {
  if (live.dataset.answers !== "1" || document.hidden) return;
  const number = pane()?.dataset.number;
  const headers = JSON.parse(document.body.getAttribute("hx-headers:inherited"));
  const body = new URLSearchParams({ read: 1, ...also });
  fetch(number ? `/conversations/${number}/here/` : "/inbox/here/", { method: "POST", body, headers }).catch(() => {});
}

// --- opening ----------------------------------------------------------------------------------------------------------
// The pane is fetched while the button is still down; the click that follows finds it ready.
let early = {};
const rowOf = (e) => !e.button && !e.ctrlKey && !e.metaKey && !e.shiftKey && e.target.closest(".list-row[hx-get]");
on("mousedown", (e) => {
  const url = rowOf(e) && rowOf(e).getAttribute("hx-get");
  if (url) early = { url, at: Date.now(), answer: fetch(url, { headers: { "HX-Request": "true", "HX-Current-URL": location.href } }) };
});
on("htmx:config:request", (e) => {
  const { ctx } = e.detail;
  if (early.url === ctx.request.action && ctx.request.method === "GET" && Date.now() - early.at < 3_000) {
    const { answer } = early;
    ctx.fetch = () => answer;
    early = {};
  }
  // Whoever sends before the scripts for it have come waits for them.
  if (!composer && ctx.sourceElement.matches("#reply-form, #note-form")) {
    e.preventDefault();
    return write().then(() => ctx.sourceElement.requestSubmit(ctx.sourceEvent.submitter));
  }
  const undo = ctx.request.action === "/inbox/undo/";
  if (undo || ctx.target?.id === "conversation") composer?.flush();
  if (undo) ctx.request.body.set("have", all("#rows > li[data-id]").map((row) => row.dataset.id));
});

function open(url) {
  const row = list.links().find((link) => link.pathname === url);
  if (row) row.click();
  else htmx.ajax("GET", url, { source: list.rows(), target: "#conversation", swap: "outerHTML" });
}

let shown = null;
let keepFocus = true;
let atEnd = true;
let last = 0;
const toEnd = () => one("#thread")?.scrollTo(0, 1e9);

function ready() {
  if (!pane() || pane() === shown) return;
  shown = pane();
  list.head(null);
  const { number } = shown.dataset;
  one(".panes").dataset.view = number ? "conversation" : "list";
  one(".panes").classList.toggle("without-customer", !number || localStorage.panel === "off");
  toEnd();
  atEnd = true;
  last = one("#last")?.dataset.last;
  if (number && !keepFocus) one("#conversation-title").focus({ preventScroll: true });
  keepFocus = false;
  composer ? composer.restore() : number && requestIdleCallback(write, { timeout: 1_000 });
  here();
}

on("htmx:before:swap", () => {
  list.look();
  const thread = one("#thread");
  atEnd = !thread || thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
});
on("htmx:after:swap", (e) => {
  if (e.detail.ctx.target?.matches("#listed, #more-rows")) list.adopt();
  ready();
  list.tidy();
  list.age();
  composer?.showPending();
  follow();
  const count = one("#tabs").dataset.todo;
  for (const badge of all("[data-todo-badge]")) {
    badge.hidden = count === "0";
    if (badge.lastChild.data !== count) badge.lastChild.data = count;
  }
});

function follow() {
  const now = one("#last")?.dataset.last;
  if (now === last) return;
  last = now;
  // In the frame that is coming anyway: now it would cost a layout of its own.
  if (atEnd) requestAnimationFrame(toEnd);
  else one("#to-end").hidden = false;
  requestIdleCallback(() => here(), { timeout: 1_000 });
}

// --- going on ---------------------------------------------------------------------------------------------------------
function goOn(e) {
  if (String(e.detail.number) !== pane().dataset.number) return;
  const next = list.next();
  keepFocus = true;
  if (next) list.go(next);
  else if (narrow(799)) toList();
}
function toList() {
  if (narrow(799)) {
    one(".panes").dataset.view = "list";
    history.pushState({ htmx: true }, "", `/${location.search}`);
  }
  (list.current() ?? list.links()[0])?.focus();
}
on("resolved", goOn);
on("put-away", goOn);
on("taken-back", (e) => open(e.detail.url));
on("collided", () => one("#collision button").focus());

// --- what is pressed --------------------------------------------------------------------------------------------------
const PRESSED = {
  "[data-move]": (el) => ((keepFocus = true), list.move(Number(el.dataset.move))),
  "[data-pick-row]": () => {
    const row = document.activeElement.closest(".list-row") ?? list.current();
    import("./picking.js").then((module) => module.pick(row));
  },
  "[data-back]": toList,
  "[data-panel]": panel,
  "#new-rows": list.showNew,
  "#to-end": (el) => (toEnd(), (el.hidden = true)),
  "[data-again]": () => open(location.pathname),
  "[data-show]": (el) => one(`#${el.dataset.show}`)?.scrollIntoView({ block: "center" }),
  "#copies button": (el) => (one("#reply-text").focus(), el.parentElement.remove()),
};
on("click", (e) => {
  if (rowOf(e)) list.head(rowOf(e).pathname.split("/")[2]);
  for (const [what, act] of Object.entries(PRESSED)) {
    const el = e.target.closest(what);
    if (!el) continue;
    if (el.matches("a")) e.preventDefault();
    act(el);
  }
});

function panel() {
  const aside = one("#customer");
  if (!narrow(1199)) localStorage.panel = one(".panes").classList.toggle("without-customer") ? "off" : "on";
  else if (aside.classList.toggle("is-open")) one("button, a", aside)?.focus();
}

// A letter's frame is as tall as the letter.
on("load", ({ target }) => target.matches?.("[data-fit]") && (target.style.blockSize = `${target.contentDocument.documentElement.scrollHeight + 8}px`), true);

// What fails is told where it happened, or not at all when the page only tried to keep up. The shell tells the rest.
for (const name of ["htmx:error", "htmx:response:error"]) {
  addEventListener(
    name,
    (e) => {
      const { ctx } = e.detail;
      const ours = ctx && (ctx.sourceElement === live || (ctx.sent ? composer.unsent(ctx, name === "htmx:error") : ctx.target?.id === "conversation" && broken()));
      if (ours) e.stopImmediatePropagation();
    },
    true,
  );
}
function broken() {
  pane().replaceChildren(one("#pane-error").content.cloneNode(true));
  shown = null;
  list.head(null);
  return true;
}

// --- watching ---------------------------------------------------------------------------------------------------------
setInterval(here, 25_000);
setInterval(list.age, 30_000);
on("visibilitychange", () => here());
// Who reads or types is asked again after a while.
let seenAt = 0;
setInterval(() => {
  const held = one("#watching");
  if (!held?.children.length) seenAt = Date.now();
  else if (Date.now() - seenAt > held.dataset.for * 1_000) (seenAt = Date.now()), (watch = true), soon();
}, 2_000);

list.adopt();
list.age();
ready();
