// The first steps: forms that save themselves, and the real chat beside them drawn anew after each change.
"use strict";

const WAIT_MS = 500;
const step = document.querySelector("[data-step]");
const saved = document.querySelector("[data-saved]");
const preview = document.querySelector("[data-preview]");
let waiting;

async function save() {
  const reply = await fetch("?auto=1", { method: "POST", body: new FormData(step) });
  if (!reply.ok) return;
  const { saved: at } = await reply.json();
  if (saved && at) saved.textContent = saved.dataset.words.replace("{time}", at);
  if (preview) preview.src = preview.src;
}

if (saved) {
  step.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, WAIT_MS);
  });
}

document.addEventListener("colour", ({ detail }) => document.querySelector("[data-launcher]")?.setAttribute("fill", detail));

for (const count of document.querySelectorAll("[data-count]")) {
  const input = document.getElementById(count.dataset.count);
  input.addEventListener("input", () => (count.textContent = [...input.value].length));
}

for (const device of document.querySelectorAll("[name=device]")) {
  device.addEventListener("change", () => device.closest(".start-preview").classList.toggle("phone", device.value === "phone"));
}
