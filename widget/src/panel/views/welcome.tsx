import { Fragment, h } from "preact";
import type { Chat } from "../chat";
import { filled, t, tied } from "../texts";
import { stamp } from "../times";
import { Composer } from "./composer";
import { bold, Icon, IconButton, Machine, Team } from "./parts";

interface Props {
  chat: Chat;
  close: () => void;
  enter: () => void;
}

/** Icons of the four shortcuts when the shop has not chosen others. */
const usualIcons = ["parcel", "return", "shield", "receipt"];

export function Welcome({ chat, close, enter }: Props) {
  const { brand, organisation, greeting, shortcuts, team, hours, controller, privacy_url, key } = chat.config;
  const last = chat.outbox.at(-1) ?? chat.messages.at(-1);
  return (
    <>
      <div class="scroll">
        <header class="hero">
          {brand?.illustration && <img class="ridge" src={brand.illustration} alt="" />}
          <div class="top">
            <span class="logo">
              {brand?.logo && <img src={brand.logo} width="26" height="26" alt="" />}
              {organisation}
            </span>
            <IconButton name="close" label={t.close} act={close} />
          </div>
          <h1>{greeting}</h1>
        </header>
        <div class="card cuts">
          {last && <Row icon="chat" label={t.resume} hint={filled(t.lastMessage, { at: stamp(last.at) })} act={enter} />}
          {shortcuts.map(({ label, hint, text, icon }, place) => (
            <Row
              icon={icon ?? usualIcons[place] ?? "chat"}
              label={label}
              hint={hint}
              act={() => {
                chat.send(text);
                enter();
              }}
            />
          ))}
        </div>
        <p class="who">
          <Machine />
          <Team people={team} />
          <span>{bold(tied(filled(t.team, { hours: hours.text })))}</span>
        </p>
      </div>
      <footer class="foot">
        <Composer chat={chat} placeholder={t.writeOwn} sent={enter} />
        <p class="xs">
          {filled(t.controller, { name: controller })}
          <br />
          {privacy_url && (
            <a href={privacy_url} target="_blank" rel="noopener">
              {t.policy}
            </a>
          )}
          {privacy_url && " · "}
          <a href={`/widget/${key}/privacy/${location.hash}`}>{t.privacy}</a>
        </p>
      </footer>
    </>
  );
}

function Row({ icon, label, hint, act }: { icon: string; label: string; hint: string; act: () => void }) {
  return (
    <button class="sc" onClick={act}>
      <span class="i">
        <Icon name={icon} />
      </span>
      <span>
        <b>{label}</b>
        <small>{hint}</small>
      </span>
      <Icon name="forward" />
    </button>
  );
}
