// The loader on the shop's page, spoken to by messages. It names the page it stands on in the frame's address; only
// that page is heard, and only that page is answered. The server lets no other page hold the frame.

export interface Wish {
  open: boolean;
  page: string;
  full: boolean;
  consents?: string[];
}

const origin = location.hash.slice(1);

export class Outside {
  #told: number | undefined;

  constructor(hear: (wish: Wish) => void) {
    addEventListener("message", (event) => {
      if (event.origin === origin && event.source === parent) hear(event.data as Wish);
    });
    addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  readonly close = (): void => this.#tell(true);

  tellUnread(unread: number): void {
    if (this.#told === unread) return;
    this.#told = unread;
    this.#tell(false);
  }

  #tell(close: boolean): void {
    if (origin) parent.postMessage({ close, unread: this.#told ?? 0 }, origin);
  }
}
