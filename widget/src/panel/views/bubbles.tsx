// One message, whoever wrote it. The author is said in hidden words before the text and in plain words below a group.
import { Fragment, h, type ComponentChildren } from "preact";
import type { Attachment, Message, Pending } from "../protocol";
import { filled, t, tied } from "../texts";
import { clock, date, megabytes, stamp } from "../times";
import { Icon } from "./parts";

export function Bubble({ message, last }: { message: Message; last: boolean }) {
  const { author, at, text, files, seen } = message;
  if (author === "system")
    return (
      <li class="sys">
        <span>
          {tied(text)} · {clock(at)}
        </span>
      </li>
    );
  if (author === "customer") return <Mine files={files} text={text} by={`${stamp(at)} · ${seen ? t.read : t.sent}`} />;
  const name = author === "assistant" ? t.assistant : message.name;
  return (
    <li class={author === "assistant" ? "m wide" : "m h"}>
      <span class="sr">{name}: </span>
      {message.quote ? answer(message) : plain(message)}
      {attachments(files)}
      {last && (
        <span class="by">
          {name} · {clock(at)}
        </span>
      )}
    </li>
  );
}

/** The answer, the sentence it stands on, and the article it comes from. */
function answer(message: Message) {
  const quote = message.quote!;
  return (
    <div class="ans">
      <p>{said(message.lead, message.text)}</p>
      <blockquote>{tied(quote.text)}</blockquote>
      <a class="src" href={quote.url} target="_blank" rel="noopener">
        <Icon name="book" />
        <span>
          <b>{quote.title}</b>
          <small>{filled(t.helpCentre, { date: date(quote.updated) })}</small>
        </span>
      </a>
    </div>
  );
}

function plain({ choices, lead, text }: Message) {
  return (
    <div class="say">
      {said(lead, choices ? text.replace(t.doYouMean, "").trim() : text)}
      {choices && [" ", <b class="whole">{t.doYouMean}</b>]}
    </div>
  );
}

/** The first sentence is the decision, and bold. */
function said(lead: string | null, text: string) {
  return (
    <>
      {lead && <b>{tied(lead)} </b>}
      {tied(text)}
    </>
  );
}

export function Waiting({ pending, down }: { pending: Pending; down: boolean }) {
  const { refused, at, text, files = [] } = pending;
  const refusal = refused !== undefined;
  const word = refusal ? `${t.notSent} ${refused}` : down ? t.queued : t.sending;
  return <Mine files={files} text={text} by={`${word} · ${clock(at)}`} state={refusal ? " q bad" : down ? " q" : ""} />;
}

interface MineProps {
  text: string;
  by: string;
  files: Attachment[];
  state?: string;
}

function Mine({ text, by, files, state = "" }: MineProps) {
  return (
    <li class={`m me${state}`}>
      <span class="sr">{t.you}: </span>
      {text && <div class="say">{tied(text)}</div>}
      {attachments(files)}
      <span class="by">{by}</span>
    </li>
  );
}

function attachments(files: Attachment[]): ComponentChildren {
  return files.map(({ name, size, url }) => (
    <a class="file" href={url || undefined} target="_blank" rel="noopener">
      <Icon name="file" size={18} />
      {name} · {megabytes(size)} MB
    </a>
  ));
}
