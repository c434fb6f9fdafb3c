// The panel inside the frame: reads its settings from the page, talks to the server and to the loader outside.
import { h, render } from "preact";
import { Chat } from "./chat";
import { Memory, type Category } from "./memory";
import { Outside } from "./outside";
import type { Config } from "./protocol";
import { Server } from "./server";
import { t } from "./texts";
import { paint } from "./theme";
import { Conversation } from "./views/conversation";
import { Welcome } from "./views/welcome";

const config: Config = JSON.parse(document.getElementById("config")!.textContent!);
const root = document.body.appendChild(document.createElement("main"));
const memory = new Memory(config.key);
const chat = new Chat(config, memory, new Server(`/widget/${config.key}`));
let welcome = !memory.visitor && !memory.outbox.length;

const outside = new Outside(({ open, page, full, consents }) => {
  chat.page = page;
  document.documentElement.classList.toggle("full", full);
  if (consents) memory.consent = consents as Category[];
  if (open && !chat.opened) focusOn(matchMedia("(pointer:fine)").matches ? "#write" : "h1");
  chat.show(open);
});

function focusOn(selector: string): void {
  const element = root.querySelector<HTMLElement>(selector);
  if (selector === "h1") element?.setAttribute("tabindex", "-1");
  element?.focus();
}

function go(home: boolean): void {
  welcome = home;
  draw();
  focusOn("#write");
}

function draw(): void {
  outside.tellUnread(chat.unread.length);
  render(
    <section class="w" aria-label={`${t.chat} – ${config.organisation}`}>
      {welcome ? (
        <Welcome chat={chat} close={outside.close} enter={() => go(false)} />
      ) : (
        <Conversation chat={chat} close={outside.close} back={() => go(true)} />
      )}
    </section>,
    root,
  );
}

paint(config.brand);
chat.redraw = draw;
// Reading the script and drawing are two tasks, so that neither holds up a slow phone.
setTimeout(() => {
  draw();
  void chat.resume();
});
