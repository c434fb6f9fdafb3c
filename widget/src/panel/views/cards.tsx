// What stands in the thread beside messages: choices, "is this enough?", the wait, an address to answer to, a rating.
import { Fragment, h } from "preact";
import type { Chat } from "../chat";
import type { Message } from "../protocol";
import { counted, filled, t, tied } from "../texts";
import { FileInput } from "./composer";
import { bold, Icon, Team } from "./parts";

const mostChoices = 3;
const good = 4;

export function Choices({ chat, message }: { chat: Chat; message: Message }) {
  return (
    <li class="opts">
      {message.choices!.slice(0, mostChoices).map((choice) => (
        <button class="opt" onClick={() => chat.send(choice.label, choice)}>
          <span>
            <b>{tied(choice.label)}</b>
            <small>{tied(choice.hint)}</small>
          </span>
          <Icon name="arrow" />
        </button>
      ))}
      <button class="opt none" onClick={() => chat.askPerson()}>
        <Icon name="user" size={18} />
        {t.noneOfThese}
      </button>
    </li>
  );
}

export function Enough({ chat, message }: { chat: Chat; message: Message }) {
  if (message.helpful) return <li class="fb">{t.thanks}</li>;
  const answer = (helpful: boolean) => {
    void chat.answerHelped(message, helpful);
    document.getElementById("write")?.focus();
  };
  return (
    <li class="fb">
      <span>{t.enough}</span>
      <button onClick={() => answer(true)}>
        <Icon name="tick" size={16} />
        {t.yes}
      </button>
      <button onClick={() => answer(false)}>{t.no}</button>
    </li>
  );
}

export function Wait({ chat }: { chat: Chat }) {
  const { minutes, ahead } = chat.state.waiting!;
  return (
    <>
      <li class="wait">
        <div class="row">
          <h2>{t.connecting}</h2>
          <Team people={chat.config.team} />
        </div>
        <dl>
          {minutes !== null && (
            <div>
              <dt>{t.expected}</dt>
              <dd>{filled(t.wait, { n: minutes })}</dd>
            </div>
          )}
          <div>
            <dt>{t.ahead}</dt>
            <dd>{counted(ahead, t.people)}</dd>
          </div>
        </dl>
        <p>{tied(chat.state.contact ? t.mayClose : t.mayReturn)}</p>
      </li>
      <li class="chips">
        <button class="chip" onClick={() => chat.choose({ wantsEmail: true })}>
          <Icon name="mail" size={18} />
          {t.preferEmail}
        </button>
        <button class="chip" onClick={() => chat.backToAssistant()}>
          {t.backToAssistant}
        </button>
      </li>
    </>
  );
}

export function Contact({ chat }: { chat: Chat }) {
  const { contact } = chat.state;
  if (contact) return <li class="card pad sm">{bold(filled(t.answerTo, { email: contact }))}</li>;
  const hand = (event: SubmitEvent) => {
    event.preventDefault();
    void chat.leaveContact(valueOf(event, "email"));
  };
  return (
    <li>
      <form class="card pad" onSubmit={hand}>
        <label class="field">
          {t.emailLabel}
          <input class="in" name="email" type="email" required autocomplete="email" />
        </label>
        <Refusal chat={chat} />
        <button class="btn">{t.handOver}</button>
        <p class="sm">
          {t.photoHelps}{" "}
          <label class="link">
            {t.addPhoto}
            <FileInput chat={chat} accept="image/*" />
          </label>
        </p>
      </form>
    </li>
  );
}

export function Agreements({ chat }: { chat: Chat }) {
  const { agreements } = chat.state;
  if (!agreements?.length) return null;
  return (
    <li class="card pad">
      <b>{t.agreements}</b>
      {agreements.map((agreement) => (
        <p class="tick">
          <Icon name="tick" size={18} />
          <span>{tied(agreement)}</span>
        </p>
      ))}
    </li>
  );
}

export function Rating({ chat }: { chat: Chat }) {
  const { person } = chat.state;
  const rate = (event: SubmitEvent) => {
    event.preventDefault();
    void chat.rate(valueOf(event, "why").trim());
  };
  return (
    <li>
      <form class="rate" onSubmit={rate}>
        <h2>{t.howWasIt}</h2>
        <div class="faces" role="radiogroup" aria-label={t.scale}>
          {[t.worst, "", "", "", t.best].map((end, place) => (
            <label class="face">
              <input class="sr" type="radio" name="score" required onChange={() => chat.choose({ score: place + 1 })} />
              <Icon name={`face${place + 1}`} size={32} />
              {place + 1}
              <span class="sr">{end}</span>
            </label>
          ))}
        </div>
        <p class="ends" aria-hidden="true">
          <span>{t.worst}</span>
          <span>{t.best}</span>
        </p>
        <label class="field">
          <span>
            {chat.score && chat.score < good ? t.whatWrong : t.whatDecided} <small>{t.optional}</small>
          </span>
          <textarea class="in" name="why" rows={2} maxLength={2000} />
        </label>
        <Refusal chat={chat} />
        <button class="btn big">{t.sendRating}</button>
        <p class="sm mid">{person ? filled(t.whoSees, { name: person.name }) : t.teamSees}</p>
      </form>
    </li>
  );
}

function Refusal({ chat }: { chat: Chat }) {
  return (
    <p class="wrong" role="alert">
      {chat.refusal}
    </p>
  );
}

function valueOf(event: SubmitEvent, name: string): string {
  return String(new FormData(event.currentTarget as HTMLFormElement).get(name));
}
