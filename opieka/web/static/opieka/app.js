// The shell, on every page of the console: keys, toasts that leave, dialogs in every browser, a word when a request
// fails. The console reads and works without it; words stand in the page.
(() => {
  const all = (what, from = document) => [...from.querySelectorAll(what)];
  const one = (what, from = document) => from.querySelector(what);
  const on = (name, act, capture) => document.addEventListener(name, act, capture);

  // --- keys: `data-key="e"` on a real button, several parted by "|" ---------------------------------------------------
  const writes = (el) => el.matches?.("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
  const keyOf = (e) => {
    const letter = e.key.length === 1;
    const shift = e.shiftKey && (!letter || /\p{L}/u.test(e.key));
    return (e.ctrlKey || e.metaKey ? "mod+" : "") + (shift ? "Shift+" : "") + (letter ? e.key.toLowerCase() : e.key);
  };
  // What lies in a closed menu may be pressed by its key; what a mode or a screen hides may not.
  const usable = (el) => !el.disabled && (el.closest("[popover]")?.parentElement ?? el).checkVisibility();
  const keyed = () => all("[data-key]", one("dialog[open]:modal") ?? document).filter(usable);
  let prefix = "";
  let filled = null;

  function press(el) {
    if (el.matches("input:not([type=radio])")) return el.focus(), el.select();
    if (el.checked) return el.dispatchEvent(new Event("change", { bubbles: true }));
    el.click();
    const menu = el.popoverTargetElement;
    if (menu?.matches(":popover-open")) one("a, button", menu)?.focus();
  }

  on("keydown", (e) => {
    // Alt and AltGr write Polish letters, so no shortcut of ours ever has them.
    if (e.defaultPrevented || e.altKey || e.isComposing || e.getModifierState("AltGraph")) return;
    const key = keyOf(e);
    const mod = key.startsWith("mod+");
    const menu = e.target.closest?.(".menu:popover-open");
    if (menu && /^Arrow(Up|Down)$/.test(key)) {
      const items = all("a, button, input", menu);
      e.preventDefault();
      return items.at((items.indexOf(document.activeElement) + (key === "ArrowDown" ? 1 : -1)) % items.length).focus();
    }
    if (key === "Escape" && one(":popover-open, dialog[open]")) return;
    if (writes(e.target)) {
      if (key === "Escape") e.target.blur();
      if (!mod || key === "mod+z") return;
    }
    if (/^(Enter| )$/.test(key) || (!mod && document.documentElement.dataset.shortcuts === "off")) return;
    const wanted = prefix ? `${prefix} ${key}` : key.replace("mod+z", "z");
    const found = keyed().find((el) => el.dataset.key.split("|").includes(wanted));
    const shown = { "?": "keys", "mod+k": "palette" }[key];
    prefix = !found && key === "g" ? "g" : "";
    if (prefix) setTimeout(() => (prefix = ""), 1200);
    if (!found && !shown) return;
    e.preventDefault();
    if (found) return press(found);
    // It stands open before the script that fills it has come: what is typed meanwhile is a search and no shortcut.
    const things = keyed();
    const dialog = one(`#${shown}`);
    if (dialog.open) return;
    one("form", dialog).reset();
    dialog.showModal();
    filled = import("./keys.js").then((module) => (module[shown](things), module));
  });
  on("submit", (e) => e.target.closest("#palette") && (e.preventDefault(), filled.then((module) => module.choose())));

  // --- toasts ---------------------------------------------------------------------------------------------------------
  // Ten seconds are the time to undo; a failure stays, and so does a toast under the pointer or with the focus.
  const TOAST_MS = 10_000;
  const toasts = one("#toasts");
  const leaveLater = (el) => {
    if (el.matches("[data-toast]:not(.danger)")) setTimeout(() => (el.matches(":hover, :focus-within") ? leaveLater(el) : el.remove()), TOAST_MS);
  };
  const toast = (name) => {
    const ready = one(`#toast-${name}`);
    if (ready) toasts.append(ready.content.cloneNode(true));
  };
  [...toasts.children].forEach(leaveLater);
  new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((el) => el.matches && leaveLater(el)))).observe(toasts, { childList: true });
  // The button of a toast has done its work once it was heard and its answer has found its place.
  on("htmx:finally:request", ({ detail: { ctx } }) => ctx.response?.status < 400 && ctx.sourceElement?.closest?.("[data-toast]")?.remove());

  // --- failures -------------------------------------------------------------------------------------------------------
  const failed = () => {
    if (one("[data-failure]", toasts)) return;
    toast("failed");
    const shown = toasts.lastElementChild;
    shown.dataset.failure = "";
    setTimeout(() => shown.remove(), TOAST_MS);
  };
  on("htmx:error", failed);
  on("htmx:response:error", (e) => e.detail.ctx.response.status >= 500 && failed());
  // A session that ended says so instead of drawing a login form inside a pane.
  on("htmx:before:response", (e) => {
    const { raw } = e.detail.ctx.response;
    if (raw.redirected && raw.url.includes("/login/")) e.preventDefault(), toast("signed-out");
  });

  // --- what is pressed ------------------------------------------------------------------------------------------------
  on("click", (e) => {
    const copied = e.target.closest("[data-copy], [data-copy-link]");
    if (copied) navigator.clipboard?.writeText(copied.dataset.copy ?? location.href).then(() => toast("copied"));
    if (e.target.closest(".menu-item")) e.target.closest(":popover-open")?.hidePopover();
  });
  // <button command="show-modal" commandfor="id">: native in new browsers, done here for the others.
  if (!("command" in HTMLButtonElement.prototype)) {
    on("click", (e) => {
      const button = e.target.closest("button[commandfor]");
      const dialog = button && document.getElementById(button.getAttribute("commandfor"));
      if (dialog instanceof HTMLDialogElement) button.getAttribute("command") === "show-modal" ? dialog.showModal() : dialog.close();
    });
  }

  window.opieka = { all, one, on, toast, press };
})();
