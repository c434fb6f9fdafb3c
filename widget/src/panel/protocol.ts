// The shapes the server sends. Every time is ISO 8601 with its offset; message ids grow.

export interface Hours {
  open: boolean;
  /** When people are there: "pn–pt 8:00–16:00", with no-break spaces and joiners, so that it stays on one line. */
  text: string;
  /** When they come back, ready to follow "wracają": "w poniedziałek o 8:00". */
  back?: string | null;
}

export interface Person {
  name: string;
  initials: string;
}

export interface Shortcut {
  label: string;
  hint: string;
  text: string;
  icon?: string;
}

export interface Brand {
  /** Passed by the server only when they have enough contrast; absent means the house colours. */
  colours?: Partial<Record<"primary" | "on-primary" | "primary-dark" | "on-primary-dark" | "deep", string>>;
  /** Addresses of pictures on this server. */
  logo?: string | null;
  illustration?: string | null;
}

export interface Config {
  key: string;
  language: string;
  organisation: string;
  greeting: string;
  shortcuts: Shortcut[];
  brand: Brand | null;
  controller: string;
  privacy_url: string | null;
  hours: Hours;
  fallback: { email?: string | null; phone?: string | null };
  team: Person[];
  live: string;
  /** The largest file the server takes, in bytes. */
  file_limit?: number;
}

export interface Quote {
  text: string;
  title: string;
  url: string;
  /** The day the article was last changed, ISO. */
  updated: string;
}

export interface Choice {
  id: string;
  label: string;
  hint: string;
}

export interface Attachment {
  name: string;
  url: string;
  size: number;
}

export interface Message {
  id: number;
  client_id: string | null;
  author: "customer" | "assistant" | "agent" | "system";
  name: string;
  at: string;
  text: string;
  /** The first sentence, shown bold: the decision. */
  lead: string | null;
  quote: Quote | null;
  choices: Choice[] | null;
  files: Attachment[];
  seen: boolean;
  /** What the customer answered to "Is this enough?", null while unanswered. */
  helpful?: boolean | null;
}

export interface State {
  speaker: "assistant" | "person" | "nobody";
  person: Person | null;
  waiting: { minutes: number | null; ahead: number } | null;
  status: "open" | "resolved";
  rating: "none" | "asked" | "given";
  hours: Hours;
  /** The address a person will answer to, when one is known. */
  contact?: string | null;
  /** What was agreed, one sentence each, shown when the conversation is over. */
  agreements?: string[];
  /** True while a person is writing an answer. */
  typing?: boolean;
}

export interface Thread {
  messages: Message[];
  state: State;
  seq: number;
  /** Which conversation goes on, 0 before the first message: live updates are heard of it only. */
  conversation: number;
}

export interface Session extends Thread {
  visitor: string;
}

/** A message written here that the server has not confirmed yet. */
export interface Pending {
  client_id: string;
  text: string;
  at: string;
  choice?: string;
  /** True when it asks for a person. */
  person?: boolean;
  files?: (Attachment & { id: string })[];
  /** Why the server refused it. */
  refused?: string | undefined;
}

/** A file on its way up; it goes out with the next message. */
export interface Upload {
  file: File;
  /** How much has gone up, 0 to 1. */
  share: number;
  abort: AbortController;
  id?: string;
  refused?: string;
}
