// What settings pages need beyond HTML: copying, and forms that ask before they act.
"use strict";

// <button data-copy="id">: copies the text of that element and says so beside itself.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const from = document.getElementById(button.dataset.copy);
  const said = button.parentElement.querySelector(".copied");
  await navigator.clipboard.writeText((from.value ?? from.textContent).trim());
  if (said) {
    said.hidden = false;
    setTimeout(() => (said.hidden = true), 4000);
  }
});

// A select or switch that saves by itself: <form data-autosave>.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosave]");
  if (form) form.requestSubmit();
});

// --- the brand colour --------------------------------------------------------
// Contrast with white as WCAG counts it; the server decides, this only shows it at once.
const linear = (share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
function underWhite(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => linear(parseInt(colour.slice(at, at + 2), 16) / 255));
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}

for (const field of document.querySelectorAll("[data-colour]")) {
  const input = field.querySelector("input");
  const chip = field.querySelector("[data-contrast]");
  const show = () => {
    const colour = input.value.trim().toLowerCase();
    for (const swatch of field.querySelectorAll("[data-swatch]")) swatch.setAttribute("aria-pressed", String(swatch.dataset.swatch === colour));
    if (!/^#[0-9a-f]{6}$/.test(colour)) return;
    const ratio = underWhite(colour);
    chip.className = ratio >= 4.5 ? "chip ok" : "chip late";
    chip.querySelector("[data-ratio]").textContent = ratio.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
    field.dispatchEvent(new CustomEvent("colour", { bubbles: true, detail: colour }));
  };
  input.addEventListener("input", show);
  for (const swatch of field.querySelectorAll("[data-swatch]")) {
    swatch.addEventListener("click", () => {
      input.value = swatch.dataset.swatch;
      show();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  show();
}

// A slider says its value beside its label, and is filled up to it.
for (const output of document.querySelectorAll("output[for]")) {
  const slider = document.getElementById(output.htmlFor.value);
  if (!slider) continue;
  const fill = () => slider.style.setProperty("--share", `${(100 * (slider.value - slider.min)) / (slider.max - slider.min)}%`);
  slider.addEventListener("input", () => {
    output.textContent = Number(slider.value).toLocaleString(document.documentElement.lang, { minimumFractionDigits: 2 });
    fill();
  });
  fill();
}
