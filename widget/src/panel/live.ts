// Hears that something changed; never what. One WebSocket; where a proxy refuses it, server-sent events; and while
// neither is open, asking every five seconds. Every opening and every frame ends in a resynchronisation.

const longestPause = 1500;
const pollEvery = 5000;
const coalesce = 50;

export class Live {
  #socket: WebSocket | undefined;
  #events: EventSource | undefined;
  #failures = 0;
  #running = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #poll: ReturnType<typeof setInterval> | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;

  readonly #url: string;
  readonly #query: () => Record<string, string>;
  readonly #resync: () => void;

  /** `query` names the visitor and the last sequence number known, so that the server can name what was missed. */
  constructor(url: string, query: () => Record<string, string>, resync: () => void) {
    this.#url = url;
    this.#query = query;
    this.#resync = resync;
  }

  /** Begin to listen; again, when there is something else to listen to. */
  start(): void {
    if (this.#running) return this.#now();
    this.#running = true;
    addEventListener("online", this.#now);
    addEventListener("offline", this.#cut);
    document.addEventListener("visibilitychange", this.#now);
    this.#poll = setInterval(() => this.#ask(), pollEvery);
    this.#connect();
  }

  stop(): void {
    this.#running = false;
    removeEventListener("online", this.#now);
    removeEventListener("offline", this.#cut);
    document.removeEventListener("visibilitychange", this.#now);
    clearInterval(this.#poll);
    this.#cut();
  }

  readonly #now = (): void => {
    if (document.hidden || !this.#running) return;
    // A socket that slept with the machine looks open and is dead: a fresh one costs nothing.
    this.#cut();
    this.#connect();
  };

  readonly #cut = (): void => {
    clearTimeout(this.#retry);
    if (this.#socket) this.#socket.onclose = null;
    this.#socket?.close();
    this.#events?.close();
    this.#socket = this.#events = this.#retry = undefined;
  };

  #ask(): void {
    if (!this.#closed()) return;
    this.#resync();
    if (!this.#socket && !this.#events && !this.#retry) this.#connect();
  }

  #closed(): boolean {
    return this.#socket?.readyState !== WebSocket.OPEN && this.#events?.readyState !== EventSource.OPEN;
  }

  #address(scheme: string, path: string): string {
    return `${this.#url.replace(/^http/, scheme)}${path}?${new URLSearchParams(this.#query())}`;
  }

  #connect(): void {
    this.#retry = undefined;
    // Every third attempt tries the stream that plain HTTP carries.
    if (this.#failures % 3 === 2) this.#listenToEvents();
    else this.#listenToSocket();
  }

  #listenToSocket(): void {
    const socket = new WebSocket(this.#address("ws", ""));
    this.#socket = socket;
    socket.onopen = () => this.#opened();
    socket.onmessage = () => this.#changed();
    socket.onclose = () => this.#failed();
  }

  #listenToEvents(): void {
    const events = new EventSource(this.#address("http", "/sse"));
    this.#events = events;
    events.onopen = () => this.#opened();
    events.onmessage = () => this.#changed();
    events.onerror = () => {
      events.close();
      this.#failed();
    };
  }

  #opened(): void {
    this.#failures = this.#events ? 2 : 0;
    this.#resync();
  }

  #failed(): void {
    if (!this.#running) return;
    this.#cut();
    this.#failures += 1;
    // A second refusal in a row may mean that the server is gone: asking shows it, and the panel says so.
    if (this.#failures === 2) this.#resync();
    const pause = Math.min(longestPause, 150 * 2 ** this.#failures) * (0.5 + Math.random() / 2);
    this.#retry = setTimeout(() => this.#connect(), pause);
  }

  #changed(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#resync();
    }, coalesce);
  }
}
