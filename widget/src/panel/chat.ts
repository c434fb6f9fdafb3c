// The conversation as this panel knows it, and everything a person can do in it. Views read it and call it; after
// every change it calls `redraw`.
import { Live } from "./live";
import type { Memory } from "./memory";
import type { Attachment, Choice, Config, Message, Pending, Session, State, Thread, Upload } from "./protocol";
import { Refused, type Server } from "./server";
import { t } from "./texts";
import { asSent, confirmed, isUnread, merged, same, settledUntil } from "./thread";

const tryAgainAfter = 1500;
const typingEvery = 3000;

export class Chat {
  messages: Message[] = [];
  uploads: Upload[] = [];
  state: State;
  /** When the connection was lost, null while it holds. */
  down: Date | null = null;
  opened = false;
  /** The shop's page, told to the server only with functional consent. */
  page = "";
  wantsEmail = false;
  asksAgain = false;
  score = 0;
  /** Why the server refused the last form, in its own words. */
  refusal = "";
  redraw: () => void = () => {};

  #losses = 0;
  #seq = 0;
  #conversation = 0;
  #seenUntil = 0;
  #sending = false;
  #typedAt = 0;
  #beginning: Promise<void> | null = null;
  #asking: Promise<void> | null = null;
  #heardMore = false;
  #later: ReturnType<typeof setTimeout> | undefined;
  readonly #live: Live;
  readonly #server: Server;
  readonly #memory: Memory;
  readonly config: Config;

  constructor(config: Config, memory: Memory, server: Server) {
    this.config = config;
    this.#memory = memory;
    this.#server = server;
    const { hours, live } = config;
    this.state = { speaker: "assistant", person: null, waiting: null, status: "open", rating: "none", hours };
    const query = () => ({ visitor: server.visitor!, after: String(this.#seq) });
    this.#live = new Live(location.origin + live, query, () => void this.#resync());
    addEventListener("online", () => void this.#tryAgain());
    addEventListener("offline", () => this.#lost());
  }

  get outbox(): Pending[] {
    return this.#memory.outbox;
  }

  get unread(): Message[] {
    return this.messages.filter((message) => isUnread(message) && message.id > this.#seenUntil);
  }

  /** Continue what this device remembers; ask nothing of the server when it remembers nothing. */
  async resume(): Promise<void> {
    this.#server.visitor = this.#memory.visitor;
    if (this.#server.visitor) await this.#attempt(() => this.#begin());
    await this.#flush();
  }

  /** What the customer chose on the screen, which the server need not know yet. */
  choose(choice: Partial<Pick<Chat, "wantsEmail" | "asksAgain" | "score">>): void {
    Object.assign(this, choice);
    this.redraw();
  }

  show(opened: boolean): void {
    this.opened = opened;
    this.#markSeen();
    this.redraw();
  }

  send(text: string, choice?: Choice): void {
    const files = this.uploads.flatMap(({ id, file }) => (id ? [{ id, name: file.name, size: file.size, url: "" }] : []));
    this.uploads = [];
    this.#queue({ text, files, ...(choice && { choice: choice.id }) });
  }

  askPerson(): void {
    this.#queue({ text: t.askPerson, person: true });
  }

  backToAssistant(): void {
    void this.#submit("DELETE", "/person");
  }

  async answerHelped(message: Message, helpful: boolean): Promise<void> {
    message.helpful = helpful;
    await this.#submit("POST", `/answers/${message.id}`, { helpful });
  }

  async leaveContact(email: string): Promise<void> {
    this.wantsEmail = !(await this.#submit("POST", "/contact", { email }));
  }

  async rate(comment: string): Promise<void> {
    await this.#submit("POST", "/rating", { score: this.score, comment });
  }

  typed(): void {
    if (this.state.speaker !== "person" || Date.now() - this.#typedAt < typingEvery) return;
    this.#typedAt = Date.now();
    void this.#attempt(() => this.#server.ask("POST", "/typing", {}));
  }

  /** Send a file up at once; it goes out with the next message. `refused` says why it cannot go. */
  async attach(file: File, refused?: string): Promise<void> {
    const upload: Upload = { file, share: 0, abort: new AbortController(), ...(refused && { refused }) };
    this.uploads.push(upload);
    this.redraw();
    if (refused) return;
    const progress = (share: number) => {
      upload.share = share;
      this.redraw();
    };
    const sent = await this.#attempt(
      async () => {
        if (!this.#server.visitor) await this.#begin();
        upload.id = (await this.#server.upload<{ id: string }>(file, progress, upload.abort.signal)).id;
      },
      (error) => (upload.refused = error.detail),
    );
    if (!sent) upload.refused ??= "";
    this.redraw();
  }

  detach(upload: Upload): void {
    upload.abort.abort();
    this.uploads = this.uploads.filter((other) => other !== upload);
    this.redraw();
  }

  retry = (pending: Pending): void => {
    this.#changeOutbox((outbox) => outbox.map((other) => (same(other, pending) ? { ...other, refused: undefined } : other)));
    void this.#flush();
  };

  discard = (pending: Pending): void => {
    this.#changeOutbox((outbox) => outbox.filter((other) => !same(other, pending)));
  };

  #queue(written: { text: string; choice?: string; person?: boolean; files?: (Attachment & { id: string })[] }): void {
    this.asksAgain = false;
    const pending = { ...written, client_id: crypto.randomUUID(), at: new Date().toISOString() };
    this.#changeOutbox((outbox) => [...outbox, pending]);
    void this.#flush();
  }

  #changeOutbox(change: (outbox: Pending[]) => Pending[]): void {
    this.#memory.changeOutbox(change);
    this.redraw();
  }

  /** Send what waits, one at a time and in order. The client's own id makes a repeated send harmless. */
  async #flush(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    for (let next = this.#nextToSend(); next; next = this.#nextToSend()) {
      const pending = next;
      await this.#attempt(
        () => this.#deliver(pending),
        (error) => this.#refuse(pending, error),
      );
      if (this.#nextToSend()?.client_id === pending.client_id) break;
    }
    this.#sending = false;
  }

  #nextToSend(): Pending | undefined {
    return this.outbox.find((pending) => pending.refused === undefined);
  }

  async #deliver(pending: Pending): Promise<void> {
    if (!this.#server.visitor) await this.#begin();
    this.#memory.visitor = this.#server.visitor;
    const page = this.#memory.consent?.includes("functional") ? this.page : "";
    const path = pending.person ? "/person" : "/messages";
    const { id } = await this.#server.ask<{ id: number }>("POST", path, asSent(pending, page));
    this.#merge([confirmed(pending, id)]);
    void this.#resync();
  }

  /** 401: a new session, then again. 429: again when the server allows. Anything else: show its sentence. */
  #refuse(pending: Pending, { status, detail, wait }: Refused): void {
    if (status === 401) this.#signOut();
    if (status === 401 || status === 429) setTimeout(() => void this.#flush(), wait * 1000);
    else
      this.#changeOutbox((outbox) => outbox.map((other) => (same(other, pending) ? { ...other, refused: detail } : other)));
  }

  /** Two things started at once, a message and a file, share one session. */
  #begin(): Promise<void> {
    return (this.#beginning ??= this.#startSession().finally(() => (this.#beginning = null)));
  }

  async #startSession(): Promise<void> {
    const session = await this.#server.ask<Session>("POST", "/session", { visitor: this.#server.visitor });
    this.#server.visitor = session.visitor;
    this.#take(session);
  }

  /** The token is not valid any more: what is on the screen stays, the next message starts a new session. */
  #signOut(): void {
    this.#live.stop();
    this.#conversation = 0;
    this.#server.visitor = this.#memory.visitor = null;
  }

  /** One request at a time; a change heard meanwhile asks once more. */
  #resync(): Promise<void> {
    this.#heardMore = this.#asking !== null;
    this.#asking ??= this.#fetchChanges().finally(() => {
      this.#asking = null;
      if (this.#heardMore) void this.#resync();
    });
    return this.#asking;
  }

  async #fetchChanges(): Promise<void> {
    const path = `/messages?after=${settledUntil(this.messages)}`;
    if (await this.#attempt(async () => this.#take(await this.#server.ask<Thread>("GET", path)))) await this.#flush();
  }

  async #submit(method: string, path: string, body?: object): Promise<boolean> {
    this.refusal = "";
    this.redraw();
    const worked = await this.#attempt(
      () => this.#server.ask(method, path, body),
      (error) => (this.refusal = error.detail),
    );
    if (worked) await this.#resync();
    return worked;
  }

  /** True when the request went through. No answer shows the strip "no connection" and is tried again later. */
  async #attempt(request: () => Promise<unknown>, refused?: (error: Refused) => void): Promise<boolean> {
    const before = this.#losses;
    try {
      await request();
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) this.#lost();
      else if (refused) refused(error);
      else if (error.status === 401) this.#signOut();
      return false;
    } finally {
      // An answer to what was asked before the connection went says nothing about the connection now.
      if (before === this.#losses) this.down = null;
      this.redraw();
    }
  }

  #lost(): void {
    this.#losses += 1;
    this.down ??= new Date();
    this.#later ??= setTimeout(() => void this.#tryAgain(), tryAgainAfter * (0.5 + Math.random() / 2));
    this.redraw();
  }

  async #tryAgain(): Promise<void> {
    this.#later = undefined;
    if (!this.down) return;
    if (this.#server.visitor) await this.#resync();
    else if (this.#nextToSend()) await this.#flush();
    else if (navigator.onLine) this.down = null;
    if (this.down) this.#lost();
    this.redraw();
  }

  #take({ seq, state, messages, conversation }: Thread): void {
    this.#seq = Math.max(this.#seq, seq);
    if (this.#conversation !== conversation) this.#live.start();
    this.#conversation = conversation;
    this.state = state;
    this.#merge(messages);
  }

  #merge(arrived: Message[]): void {
    this.messages = merged(this.messages, arrived);
    const sent = arrived.map((message) => message.client_id);
    if (this.outbox.some((pending) => sent.includes(pending.client_id)))
      this.#memory.changeOutbox((outbox) => outbox.filter((pending) => !sent.includes(pending.client_id)));
    this.#markSeen();
    this.redraw();
  }

  #markSeen(): void {
    const last = this.unread.at(-1);
    if (!this.opened || document.hidden || !last) return;
    this.#seenUntil = last.id;
    void this.#attempt(() => this.#server.ask("POST", "/seen", { message: last.id }));
  }
}
