// Pure questions about the messages of a conversation.
import type { Message, Pending } from "./protocol";

/** Known messages with the arrived ones put in their places; the server's copy replaces ours. */
export function merged(known: Message[], arrived: Message[]): Message[] {
  const byId = new Map([...known, ...arrived].map((message) => [message.id, message]));
  return [...byId.values()].sort((one, other) => one.id - other.id);
}

/** Everything up to this id will not change any more; a message of the customer changes once, when it is read. */
export function settledUntil(messages: Message[]): number {
  const unread = messages.findIndex((message) => message.author === "customer" && !message.seen);
  return messages[unread < 0 ? messages.length - 1 : unread - 1]?.id ?? 0;
}

export function isUnread({ author, seen }: Message): boolean {
  return (author === "assistant" || author === "agent") && !seen;
}

/** What a sent message looks like until the server's own copy arrives. */
export function confirmed({ client_id, text, at, files = [] }: Pending, id: number): Message {
  return { id, client_id, author: "customer", name: "", at, text, lead: null, quote: null, choices: null, files, seen: false };
}

/** A pending message as the server takes it. */
export function asSent({ client_id, text, choice, files = [] }: Pending, page: string): object {
  return { client_id, text, choice, page, files: files.map((file) => file.id) };
}

export function same(one: Pending, other: Pending): boolean {
  return one.client_id === other.client_id;
}
