// The list of keys and the palette, fetched when first asked for. Both are read from what the page holds: `keyed`, all
// that has a key. Their dialogs are open already.
const { all, one, press } = window.opieka;
const SHOWN = { "mod+Enter": "Ctrl ↵", "mod+Shift+Enter": "Ctrl ⇧ ↵", Escape: "Esc", ArrowDown: "↓", ArrowUp: "↑" };

function nameOf(el) {
  const name = el.dataset.name ?? el.ariaLabel;
  if (name) return name;
  const copy = (el.type === "radio" ? el.closest("label") : el).cloneNode(true);
  all("kbd, .badge, svg, .visually-hidden", copy).forEach((part) => part.remove());
  return copy.textContent.trim();
}

const make = (tag, text = "") => Object.assign(document.createElement(tag), { textContent: text });
const keysOf = (el) => el.dataset.key.split("|").flatMap((key) => (SHOWN[key] ?? key.replace(/^Shift\+./, (both) => `⇧ ${both.at(-1).toLowerCase()}`)).split(" "));

export function keys(keyed) {
  const seen = new Set();
  const lines = keyed.filter((el) => !seen.has(el.dataset.key) && seen.add(el.dataset.key));
  one("#keys dl").replaceChildren(
    ...lines.map((el) => {
      const line = make("div");
      const term = make("dt");
      term.append(...keysOf(el).map((key) => make("kbd", key)));
      line.append(term, make("dd", nameOf(el)));
      return line;
    }),
  );
}

const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ł", "l");

export const choose = () => one("ul button", one("#palette"))?.click();

export function palette(keyed) {
  const dialog = one("#palette");
  const input = one("input", dialog);
  const things = [...all(".rail-link, .bottom-bar .menu-item").filter((el) => el.href), ...keyed.filter((el) => !el.href)];
  const draw = () => {
    const seen = new Set();
    const fits = things.filter((el) => fold(nameOf(el)).includes(fold(input.value)) && !seen.has(nameOf(el)) && seen.add(nameOf(el)));
    one("ul", dialog).replaceChildren(
      ...fits.slice(0, 12).map((el) => {
        const line = make("li");
        const button = make("button", nameOf(el));
        Object.assign(button, { type: "button", className: "menu-item", onclick: () => (dialog.close(), press(el)) });
        if (el.dataset.key) button.append(Object.assign(make("kbd", keysOf(el)[0]), { className: "end" }));
        line.append(button);
        return line;
      }),
    );
  };
  input.oninput = draw;
  draw();
}
