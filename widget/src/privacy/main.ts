// The page of privacy choices: the form is the server's, the choice stays on this device.
import { categories, Memory, type Category } from "../panel/memory";
import { Outside } from "../panel/outside";

const form = document.querySelector("form")!;
const memory = new Memory(form.dataset.key!);
const saved = document.getElementById("saved")!;
const outside = new Outside(({ full }) => document.documentElement.classList.toggle("full", full));

function draw(): void {
  for (const box of form.querySelectorAll<HTMLInputElement>("[name=category]"))
    box.checked = box.disabled || !!memory.consent?.includes(box.value as Category);
  saved.hidden = !memory.consent;
  document.getElementById("withdraw")!.hidden = !memory.consent;
  document.getElementById("erase")!.hidden = !memory.visitor && !memory.outbox.length;
}

function on(id: string, act: () => void): void {
  document.getElementById(id)!.addEventListener("click", () => {
    act();
    draw();
  });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = new FormData(form).getAll("category");
  memory.consent = categories.filter((category) => category === "necessary" || chosen.includes(category));
  draw();
});
on("withdraw", () => (memory.consent = null));
on("erase", () => memory.forgetConversation());
on("close", outside.close);
// The address of the panel carries the name of the page outside, as ours does.
document.querySelector<HTMLAnchorElement>("#back")!.hash = location.hash;
draw();
outside.tellUnread(0);
