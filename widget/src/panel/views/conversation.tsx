import { Fragment, h, type ComponentChildren } from "preact";
import type { Chat } from "../chat";
import type { Message } from "../protocol";
import { counted, filled, t, tied } from "../texts";
import { clock, dayHeading, sameDay } from "../times";
import { Bubble, Waiting } from "./bubbles";
import { Agreements, Choices, Contact, Enough, Rating, Wait } from "./cards";
import { Composer } from "./composer";
import { bold, Icon, IconButton, Machine, Someone } from "./parts";

interface Props {
  chat: Chat;
  back: () => void;
  close: () => void;
}

export function Conversation({ chat, back, close }: Props) {
  const { status, person, typing } = chat.state;
  const over = status === "resolved" && !chat.asksAgain && !chat.outbox.length;
  return (
    <>
      <Bar chat={chat} back={back} close={close} />
      <div role="status">{strip(chat)}</div>
      {/* Reversed, so that a long conversation stays at its end and a short one begins at the top, without a script. */}
      <div class="logw">
        <p class="typ" role="status">
          {typing && person && [<Someone person={person} />, <i />, <i />, <i />, filled(t.typing, { name: person.name })]}
        </p>
        <div role="log" aria-relevant="additions" aria-label={t.conversation} tabIndex={0}>
          <ol class="log">
            {!person && (
              <li class="intro">
                <Machine />
                <p>{bold(tied(t.intro))}</p>
              </li>
            )}
            {messages(chat)}
            {outbox(chat)}
            {over ? end(chat) : after(chat)}
          </ol>
        </div>
      </div>
      <footer class={over ? "foot onlyph" : "foot"}>
        {over ? another(chat) : <Composer chat={chat} placeholder={placeholder(chat)} />}
      </footer>
    </>
  );
}

function Bar({ chat, back, close }: Props) {
  const { person, speaker, waiting } = chat.state;
  return (
    <header class="bar">
      <IconButton name="back" label={t.back} act={back} />
      {person ? <Someone person={person} present /> : <Machine />}
      <div class="t">
        <h1>{person?.name ?? t.assistant}</h1>
        <small>{person ? t.human : speaker === "nobody" ? t.nobody : t.machine}</small>
      </div>
      {speaker === "assistant" && !waiting && (
        <button class="hum" aria-label={t.personLabel} onClick={() => chat.askPerson()}>
          {t.person}
        </button>
      )}
      <IconButton name="close" label={t.close} act={close} />
    </header>
  );
}

/** Amber when something is broken, calm when people are merely away. */
function strip({ state: { hours, person }, down, config: { fallback } }: Chat) {
  if (!down && (hours.open || person)) return null;
  const since = down && filled(navigator.onLine ? t.unavailable : t.noConnection, { at: clock(down) });
  return (
    <p class={down ? "strip" : "strip calm"}>
      <Icon name={down ? "offline" : "moon"} size={18} />
      <span>
        {bold(tied(since ?? (hours.back ? filled(t.peopleBack, { when: hours.back }) : t.peopleAway)))}
        {down && navigator.onLine && fallback.email && <a href={`mailto:${fallback.email}`}> {fallback.email}</a>}
        {down && navigator.onLine && fallback.phone && <a href={`tel:${fallback.phone}`}> {fallback.phone}</a>}
      </span>
    </p>
  );
}

function messages(chat: Chat): ComponentChildren {
  return chat.messages.map((message, place, all) => {
    const next = all[place + 1];
    const before = all[place - 1];
    return [
      !(before && sameDay(before.at, message.at)) && (
        <li class="day" key={`day${message.id}`}>
          {dayHeading(message.at)}
        </li>
      ),
      <Bubble key={message.client_id ?? message.id} message={message} last={!(next && sameVoice(message, next))} />,
    ];
  });
}

function sameVoice(one: Message, other: Message): boolean {
  return one.author === other.author && one.name === other.name && sameDay(one.at, other.at);
}

function outbox({ outbox: waiting, down, retry, discard }: Chat): ComponentChildren {
  return [
    waiting.map((pending) => [
      <Waiting key={pending.client_id} pending={pending} down={!!down} />,
      pending.refused !== undefined && (
        <li class="fb end">
          <button onClick={() => retry(pending)}>{t.retry}</button>
          <button onClick={() => discard(pending)}>{t.remove}</button>
        </li>
      ),
    ]),
    down && waiting.length > 0 && (
      <li class="fb end">
        <Icon name="lock" size={16} />
        {counted(waiting.length, t.safe)}
      </li>
    ),
  ];
}

/** What follows the last message while the conversation goes on. */
function after(chat: Chat): ComponentChildren {
  const { waiting, hours, speaker } = chat.state;
  const last = chat.messages.at(-1);
  if (!last || chat.outbox.length) return null;
  return [
    last.choices && <Choices chat={chat} message={last} />,
    last.quote && last.helpful !== false && <Enough chat={chat} message={last} />,
    waiting && hours.open && <Wait chat={chat} />,
    (speaker === "nobody" || (waiting && !hours.open) || chat.wantsEmail) && <Contact chat={chat} />,
  ];
}

function end(chat: Chat): ComponentChildren {
  const { rating } = chat.state;
  return [
    <Agreements chat={chat} />,
    rating === "asked" && <Rating chat={chat} />,
    rating === "given" && <li class="fb mid">{t.rated}</li>,
    <li class="notph">{another(chat)}</li>,
  ];
}

function another(chat: Chat) {
  return (
    <button class="btn soft" onClick={() => chat.choose({ asksAgain: true })}>
      {t.another}
    </button>
  );
}

function placeholder({ down, state, messages: said }: Chat): string {
  if (down) return t.writeOn;
  if (state.waiting) return t.writeMore;
  const last = said.at(-1);
  return last?.choices || last?.helpful === false ? t.writeOther : t.write;
}
