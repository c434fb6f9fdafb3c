// The file a shop's page carries. It draws the launcher and nothing else: the frame with the conversation is
// fetched when somebody points at, focuses or presses the launcher. It stores nothing and sets no cookie.
//
//   <script async src="https://care.example/w.js" data-inbox="KEY"></script>
//
// Optional attributes: data-language (pl, en), data-color (launcher, dark enough for white), data-tip ("Title|Sentence"),
// data-email and data-phone (shown when the chat cannot be reached).
import { css } from "./loader-style";

type Category = "necessary" | "functional" | "performance" | "analytical" | "advertisement" | "other";

const script = document.currentScript as HTMLScriptElement;
const given = script.dataset;
const base = new URL(script.src).origin;
const english = /^en/.test(given.language ?? document.documentElement.lang);
const [openLabel, closeLabel, frameTitle, unavailable, again] = english
  ? ["Open chat", "Close", "Chat", "Chat is unavailable", "Try again"]
  : ["Otwórz czat", "Zamknij", "Czat", "Czat chwilowo niedostępny", "Spróbuj ponownie"];
const patience = 4000;
const bubble = "M21 11.5a8 8 0 0 1-8 8H4l1.8-3A8 8 0 1 1 21 11.5ZM9 11.5h.01M13 11.5h.01M17 11.5h.01";
const chevron = "m6 9 6 6 6-6";
const cross = "M18 6 6 18M6 6l12 12";
const narrow = matchMedia("(max-width:480px),(max-height:480px)");

let shadow: ShadowRoot | undefined;
let frame: HTMLIFrameElement | undefined;
let card: HTMLElement | undefined;
let launcher: HTMLButtonElement;
let wanted = false;
let ready = false;
let unread = 0;
let consents: Category[] | undefined;

function element<K extends keyof HTMLElementTagNameMap>(tag: K, text: string | number = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.textContent = text as string;
  return made;
}

function icon(shape: string): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.appendChild(document.createElementNS(space, "path")).setAttribute("d", shape);
  return svg;
}

function button(label: string, shape: string, act: () => void): HTMLButtonElement {
  const made = element("button");
  made.ariaLabel = label;
  made.append(icon(shape));
  made.onclick = act;
  return made;
}

function mount(): void {
  if (shadow) return;
  // Beside the body, not inside it: a transform, a replaced or an inert body does not touch the widget.
  const host = document.documentElement.appendChild(element("div"));
  shadow = host.attachShadow({ mode: "closed" });
  // A constructed sheet passes a Content-Security-Policy without 'unsafe-inline'.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shadow.adoptedStyleSheets = [sheet];
  launcher = button(openLabel, bubble, () => (wanted ? close() : open()));
  launcher.className = "l";
  launcher.onpointerenter = launcher.onfocus = fetchPanel;
  launcher.onkeydown = (event) => {
    if (event.key === "Escape") close();
  };
  if (given.color) launcher.style.background = given.color;
  shadow.append(launcher);
  draw();
  // On a phone it would lie on the shop's own buttons.
  if (given.tip && !narrow.matches) show(given.tip);
}

function fetchPanel(): void {
  if (frame) return;
  frame = element("iframe");
  frame.title = frameTitle;
  frame.hidden = true;
  frame.src = `${base}/widget/${given.inbox}/?lang=${english ? "en" : "pl"}#${location.origin}`;
  shadow!.prepend(frame);
}

function draw(): void {
  const shown = wanted && ready;
  if (frame) frame.hidden = !shown;
  // A full-screen panel keeps the focus inside it: the page behind is inert until the panel closes.
  document.body.inert = shown && narrow.matches;
  launcher.ariaExpanded = `${shown}`;
  launcher.ariaBusy = `${wanted && !ready}`;
  launcher.ariaLabel = wanted ? closeLabel : unread ? `${openLabel} (${unread})` : openLabel;
  launcher.replaceChildren(icon(shown ? chevron : bubble), unread && !shown ? element("i", unread) : "");
}

function show(text: string, ...more: HTMLElement[]): void {
  card?.remove();
  card = element("div", text.replace("|", "\n"));
  card.role = "status";
  card.append(button(closeLabel, cross, () => card?.remove()), ...more);
  shadow!.append(card);
}

function tell(): void {
  if (ready) frame!.contentWindow!.postMessage({ open: wanted, page: location.href, full: narrow.matches, consents }, base);
}

function open(): void {
  mount();
  fetchPanel();
  card?.remove();
  wanted = true;
  setTimeout(giveUp, patience);
  reveal(true);
}

function reveal(focus: boolean): void {
  draw();
  if (focus && wanted && ready) frame!.focus();
  tell();
}

function close(): void {
  if (!wanted) return;
  wanted = false;
  draw();
  tell();
  launcher.focus();
}

function giveUp(): void {
  if (ready || !wanted) return;
  // A frame that never answered is taken away whole, so that it can never cover the page.
  close();
  frame?.remove();
  frame = undefined;
  // One that is not given stays empty, and is not shown.
  const links = [
    ["mailto:", given.email],
    ["tel:", given.phone],
  ].map(([scheme, address]) => {
    const link = element("a", address);
    link.href = scheme! + address;
    return link;
  });
  const retry = element("button", again);
  retry.onclick = open;
  show(unavailable, ...links, retry);
}

addEventListener("message", ({ origin, source, data }) => {
  if (origin !== base || source !== frame?.contentWindow) return;
  unread = data.unread;
  if (data.close) close();
  else reveal(ready !== (ready = true));
});
narrow.onchange = () => shadow && draw();

(window as unknown as { Opieka: object }).Opieka = {
  open,
  close,
  consent(categories: Category[]) {
    consents = categories;
    tell();
  },
};

const whenIdle = () => (window.requestIdleCallback ?? setTimeout)(mount);
if (document.readyState === "complete") whenIdle();
else addEventListener("load", whenIdle);
