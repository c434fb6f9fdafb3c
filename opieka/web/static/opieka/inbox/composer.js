// Writing: two forms that never mix, drafts kept here and on the server, the sent text shown at once and never lost.
import { here } from "./inbox.js";

const { all, one, toast } = window.opieka;
const pending = JSON.parse(localStorage.unsent ?? "[]");
export let sending = 0;
let timer = 0;
let began = "";
let typedAt = 0;

const number = () => one("#conversation")?.dataset.number;
const area = (kind) => one(`#${kind}-text`);
const key = (kind, of = number()) => `draft:${of}:${kind}`;
const lastShown = () => one("#last").dataset.last;

function post(url, data, more) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers:inherited"));
  return fetch(url, { method: "POST", body: new URLSearchParams(data), headers, redirect: "manual", ...more });
}

// --- drafts -----------------------------------------------------------------------------------------------------------
export function restore() {
  began = "";
  for (const kind of ["reply", "note"]) {
    const field = area(kind);
    if (field && !field.value) field.value = localStorage.getItem(key(kind)) ?? "";
  }
  if (area("reply")?.value) began = lastShown();
  showPending();
}

// What is typed is saved after a pause, each text for itself; on leaving before that, on the way out.
const unsaved = new Set();

export function flush(more = { keepalive: true }) {
  clearTimeout(timer);
  for (const field of unsaved) save(field, more);
  unsaved.clear();
}
addEventListener("pagehide", () => flush());

function save(field, more) {
  const { kind } = field.form.dataset;
  const [at, text] = [key(kind), field.value];
  post(`/conversations/${number()}/draft/`, { kind, text }, more)
    .then((answer) => answer.ok && localStorage.getItem(at) === text && localStorage.removeItem(at))
    .catch(() => {});
}

document.addEventListener("input", (e) => {
  if (!e.target.matches("[data-draft]")) return;
  const field = e.target;
  const { value } = field;
  const { kind } = field.form.dataset;
  const replies = kind === "reply";
  if (replies && value === "/" && e.data === "/") {
    field.value = "";
    return one("#articles").showModal();
  }
  if (replies) began = value && (began || lastShown());
  localStorage.setItem(key(kind), value);
  clearTimeout(timer);
  unsaved.add(field);
  timer = setTimeout(flush, 800, {});
  if (replies && Date.now() - typedAt > 3_000) {
    typedAt = Date.now();
    here({ typing: 1 });
  }
});
// What was typed before this script came counts too.
for (const field of all("[data-draft]")) if (field.value !== field.defaultValue) field.dispatchEvent(new InputEvent("input", { bubbles: true }));

function insert(text) {
  const field = area("reply");
  one("#composer [value=reply]").checked = true;
  field.focus();
  const gap = /\S$/.test(field.value.slice(0, field.selectionStart)) ? " " : "";
  field.setRangeText(gap + text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

// --- sending ----------------------------------------------------------------------------------------------------------
document.addEventListener("htmx:config:request", (e) => {
  const { ctx } = e.detail;
  const form = ctx.sourceElement;
  if (!form.matches("#reply-form, #note-form")) return;
  const { body, action: url } = ctx.request;
  if (!body.get("text").trim() && !body.has("file")) {
    e.preventDefault();
    return one("textarea", form).focus();
  }
  form.dataset.token ||= String(Math.random()) + Date.now();
  body.set("token", form.dataset.token);
  body.set("seen", lastShown());
  body.set("began", began || lastShown());
  ctx.sent = { url, kind: form.dataset.kind, number: number(), text: body.get("text"), data: [...body] };
});

document.addEventListener("htmx:before:request", (e) => {
  const { sent, sourceElement: form } = e.detail.ctx;
  if (!sent) return;
  const field = one("textarea", form);
  unsaved.delete(field);
  field.value = "";
  sending += 1;
  pending.push(sent);
  one("#collision").replaceChildren();
  showPending();
});

document.addEventListener("htmx:after:request", (e) => {
  const { sent, response, sourceElement: form } = e.detail.ctx;
  if (!sent) return;
  drop(sent);
  if (response.status >= 400) return giveBack(form, sent, ![409, 422].includes(response.status));
  form.dataset.token = "";
  began = "";
  localStorage.removeItem(key(sent.kind, sent.number));
  if (sent.kind === "reply") one("#reply-files")?.replaceChildren();
});

// The network is gone: the text waits here, under the same token, until it is back. Other failures were told above.
export function unsent({ sent, sourceElement: form }, gone) {
  if (!gone || !pending.includes(sent)) return true;
  form.dataset.token = "";
  sent.waits = true;
  localStorage.removeItem(key(sent.kind, sent.number));
  keepWaiting();
  showPending();
  toast("queued");
  return true;
}

document.addEventListener("htmx:finally:request", (e) => {
  const { sent, sourceElement: form } = e.detail.ctx;
  if (!sent) return;
  sending -= 1;
  // The answer was not one to this text, e.g. because the session had ended.
  if (pending.includes(sent) && !sent.waits) drop(sent), giveBack(form, sent);
});

function giveBack(form, sent, tell) {
  const field = one("textarea", form);
  field.value = [sent.text, field.value].filter(Boolean).join("\n");
  localStorage.setItem(key(sent.kind, sent.number), field.value);
  if (tell) toast("unsent");
  field.focus();
}

const waiting = () => pending.filter((one) => one.waits);
const keepWaiting = () => (waiting().length ? (localStorage.unsent = JSON.stringify(waiting())) : localStorage.removeItem("unsent"));

function drop(sent) {
  if (pending.includes(sent)) pending.splice(pending.indexOf(sent), 1);
  keepWaiting();
  showPending();
}

// What was written and not yet taken stands at the end of the thread; a fresh thread from the server gets it again.
export function showPending() {
  all("#messages .pending").forEach((line) => line.remove());
  for (const sent of pending.filter((one) => one.number === number())) {
    const line = one(sent.kind === "note" ? "#pending-note" : "#pending-message").content.firstElementChild.cloneNode(true);
    line.classList.toggle("waits", Boolean(sent.waits));
    one(".bubble, [data-text]", line).textContent = sent.text;
    one("#messages").append(line);
    one("#thread").scrollTo(0, 1e9);
  }
}

export async function sendWaiting(heard) {
  for (const sent of waiting()) {
    const answer = await post(sent.url, sent.data).catch(() => null);
    if (!answer) return;
    if (!answer.ok) {
      localStorage.setItem(key(sent.kind, sent.number), sent.text);
      toast("unsent");
    }
    drop(sent);
    heard();
  }
}

// --- files, and what is put into the text --------------------------------------------------------------------------------
function attach(files, e) {
  if (!files.length) return;
  e.preventDefault();
  const input = one("#file-form input");
  input.files = files;
  input.form.dispatchEvent(new Event("change", { bubbles: true }));
}
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-pick-files]")) one("#file-form input").click();
  target.closest("[data-drop-file]")?.closest(".attachment").remove();
  const ready = target.closest("[data-insert-text]")?.dataset.insertText;
  const suggested = target.closest("[data-insert]")?.closest(".suggestion");
  if (ready) one("#articles").close();
  if (ready || suggested) insert(ready ?? one("[data-suggestion]", suggested).innerText);
});
document.addEventListener("paste", (e) => e.target.matches("#reply-text") && attach(e.clipboardData.files, e));
document.addEventListener("dragover", (e) => e.target.closest("#reply-form") && e.preventDefault());
document.addEventListener("drop", (e) => e.target.closest("#reply-form") && attach(e.dataTransfer.files, e));
