// Requests to the server. Two things can go wrong, and they are told apart: the server said no (Refused, with a
// sentence to show), or nobody answered (any other error, worth trying again).

import { language } from "./texts";

const patience = 10_000;

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    /** Seconds to wait before asking again. */
    readonly wait: number,
  ) {
    super(detail);
  }
}

export class Server {
  visitor: string | null = null;

  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.#root + path, {
      method,
      headers: this.#headers(),
      credentials: "omit",
      signal: AbortSignal.timeout(patience),
      body: body ? JSON.stringify(body) : null,
    });
    return understand<T>(response.status, await response.text(), response.headers.get("Retry-After"));
  }

  /** XMLHttpRequest, because fetch does not say how much of a file has gone up. */
  upload<T>(file: File, progress: (share: number) => void, abort: AbortSignal): Promise<T> {
    return new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      const form = new FormData();
      form.append("file", file);
      request.open("POST", `${this.#root}/files`);
      for (const [name, value] of Object.entries(this.#headers())) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => progress(event.loaded / event.total);
      request.onerror = request.onabort = failed;
      request.onload = () => {
        try {
          done(understand<T>(request.status, request.responseText, request.getResponseHeader("Retry-After")));
        } catch (error) {
          failed(error);
        }
      };
      abort.onabort = () => request.abort();
      request.send(form);
    });
  }

  #headers(): Record<string, string> {
    return { "Accept-Language": language, Authorization: `Bearer ${this.visitor}` };
  }
}

/** The decoded body, or the reason there is none. A 5xx without our problem document comes from a dead back end. */
function understand<T>(status: number, text: string, retryAfter: string | null): T {
  if (status >= 500) throw new Error(`${status}`);
  const body = JSON.parse(text || "{}");
  if (status >= 400) throw new Refused(status, body.detail ?? "", Number(retryAfter) || 2);
  return body as T;
}
