// Several rows at once; fetched when the first one is picked.
const { all, one } = window.opieka;

export function pick(link) {
  link?.toggleAttribute("data-picked");
  const chosen = all("#rows .list-row[data-picked]").map((picked) => picked.parentElement.dataset.id);
  const form = one("#bulk");
  form.hidden = !chosen.length;
  one("[data-picked-count]", form).textContent = chosen.length;
  all("input", form).forEach((input) => input.remove());
  for (const id of chosen) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "id", value: id }));
}

export function unpick() {
  all("#rows .list-row[data-picked]").forEach((link) => link.removeAttribute("data-picked"));
  pick(null);
}
document.addEventListener("picked-done", unpick);
document.addEventListener("click", (e) => e.target.closest("[data-unpick]") && unpick());
