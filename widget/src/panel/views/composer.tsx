// Where a message is written. The form keeps the text; nothing is drawn again while somebody types.
import { h } from "preact";
import type { Chat } from "../chat";
import { filled, t } from "../texts";
import { megabytes } from "../times";
import { Icon, IconButton } from "./parts";

const defaultLimit = 10_000_000;

interface Props {
  chat: Chat;
  placeholder: string;
  /** Called after a message is on its way. */
  sent?: () => void;
}

export function attachAll(chat: Chat, files: FileList | null | undefined): void {
  const limit = chat.config.file_limit ?? defaultLimit;
  for (const file of files ?? []) {
    const tooBig = filled(t.tooBig, { size: megabytes(file.size), limit: megabytes(limit) });
    void chat.attach(file, file.size > limit ? tooBig : undefined);
  }
}

export function FileInput({ chat, accept }: { chat: Chat; accept?: string }) {
  const pick = ({ currentTarget: input }: { currentTarget: HTMLInputElement }) => {
    attachAll(chat, input.files);
    input.value = "";
  };
  return <input class="sr" type="file" multiple accept={accept} onChange={pick} />;
}

export function Composer({ chat, placeholder, sent }: Props) {
  const ready = chat.uploads.some((upload) => upload.id);
  const send = (event: Event) => {
    event.preventDefault();
    const field = document.getElementById("write") as HTMLTextAreaElement;
    const text = field.value.trim();
    const uploading = chat.uploads.some((upload) => !upload.id && upload.refused === undefined);
    if (uploading || (!text && !ready)) return;
    field.value = "";
    chat.send(text);
    sent?.();
  };
  return (
    <form onSubmit={send}>
      <Uploads chat={chat} />
      <div class={ready ? "cmp ready" : "cmp"}>
        <textarea
          id="write"
          rows={1}
          maxLength={4000}
          placeholder={placeholder}
          aria-label={placeholder}
          onInput={() => chat.typed()}
          onKeyDown={(event) => event.key === "Enter" && !event.shiftKey && !event.isComposing && send(event)}
          onPaste={(event) => attachAll(chat, event.clipboardData?.files)}
        />
        <label class="ibtn">
          <Icon name="attach" />
          <span class="sr">{t.attach}</span>
          <FileInput chat={chat} />
        </label>
        <button class="send" aria-label={t.send}>
          <Icon name="send" size={22} />
        </button>
      </div>
    </form>
  );
}

function Uploads({ chat }: { chat: Chat }) {
  return (
    <div class="ups" role="status">
      {chat.uploads.map((upload) => (
        <p class={upload.refused === undefined ? "" : "bad"}>
          <Icon name="file" size={18} />
          <span>
            {upload.file.name} {upload.refused ?? (upload.id ? "" : `${Math.round(upload.share * 100)}%`)}
          </span>
          <IconButton name="close" label={`${t.remove}: ${upload.file.name}`} act={() => chat.detach(upload)} />
        </p>
      ))}
    </div>
  );
}
