// What stays on this device, in the storage of the frame's own origin: the visitor's token and unsent messages from
// the first message on, and a privacy choice once it is made. Nothing before that. A browser that refuses storage
// gives a conversation that lasts as long as the page.
import type { Pending } from "./protocol";

export const categories = ["necessary", "functional", "performance", "analytical", "advertisement", "other"] as const;
export type Category = (typeof categories)[number];

interface Kept {
  visitor: string | null;
  outbox: Pending[];
}

interface Choice {
  allowed: Category[];
  at: string;
}

const monthsKept = 11;

export class Memory {
  readonly #volatile = new Map<string, string>();
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  get visitor(): string | null {
    return this.#conversation().visitor;
  }

  set visitor(visitor: string | null) {
    this.#keep("", { ...this.#conversation(), visitor });
  }

  get outbox(): Pending[] {
    return this.#conversation().outbox;
  }

  /** Read, change, write at once: another tab of the shop may share the same queue. */
  changeOutbox(change: (outbox: Pending[]) => Pending[]): void {
    const kept = this.#conversation();
    this.#keep("", { ...kept, outbox: change(kept.outbox) });
  }

  /** The categories allowed, or null when no choice was made or it is older than eleven months. */
  get consent(): Category[] | null {
    const choice = this.#read<Choice>(":consent");
    if (!choice) return null;
    const until = new Date(choice.at);
    until.setMonth(until.getMonth() + monthsKept);
    return until > new Date() ? choice.allowed : null;
  }

  set consent(allowed: Category[] | null) {
    this.#keep(":consent", allowed && ({ allowed, at: new Date().toISOString() } satisfies Choice));
  }

  forgetConversation(): void {
    this.#keep("", null);
  }

  #conversation(): Kept {
    return this.#read<Kept>("") ?? { visitor: null, outbox: [] };
  }

  #read<T>(part: string): T | null {
    const name = `opieka:${this.#key}${part}`;
    try {
      return JSON.parse(this.#volatile.get(name) ?? localStorage.getItem(name) ?? "null") as T | null;
    } catch {
      return null; // Storage is forbidden, or another program wrote here: start afresh.
    }
  }

  #keep(part: string, value: unknown): void {
    const name = `opieka:${this.#key}${part}`;
    const text = JSON.stringify(value);
    try {
      if (value) localStorage.setItem(name, text);
      else localStorage.removeItem(name);
    } catch {
      this.#volatile.set(name, text);
    }
  }
}
