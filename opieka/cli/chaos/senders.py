"""Callers that behave as the world does: what was not acknowledged is sent again, until it is."""

import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http.client import HTTPException

from opieka.plumbing.trial import Failed

PATIENCE_SECONDS = 300.0
PAUSE = 0.1


class Sender(threading.Thread, ABC):
    """Sends its numbers in order. `taken` are the texts that were acknowledged."""

    def __init__(self, url: str, numbers: Sequence[int]) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.numbers = numbers
        self.taken: list[str] = []
        self.repeated = 0
        self.failure: Failed | None = None

    def run(self) -> None:
        try:
            for number in self.numbers:
                text = f"Message {number}"
                self._until_taken(partial(self.send, number, text))
                self.taken.append(text)
        except Failed as failure:
            self.failure = failure

    @abstractmethod
    def send(self, number: int, text: str) -> None:
        """Send once. Raises OSError when it was not acknowledged."""

    def _until_taken(self, send: Callable[[], None]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                send()
            except urllib.error.HTTPError as refusal:
                if refusal.code not in {429, 500, 502, 503}:
                    raise Failed(f"The product answered {refusal.code}: {refusal.read()[:300]!r}") from refusal
            except OSError:
                pass
            else:
                return
            if time.monotonic() > end:
                raise Failed(f"A message was not taken within {PATIENCE_SECONDS:.0f} s.")
            self.repeated += 1
            time.sleep(PAUSE)

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> dict[str, str]:
        """The JSON answer, or {}. Raises OSError."""
        request = urllib.request.Request(f"{self.url}{path}", data=body, headers=dict(headers))  # noqa: S310 - Ours.
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                content = answer.read()
            found: dict[str, str] = json.loads(content) if content else {}
        except (HTTPException, ValueError) as error:
            # The product was killed in the middle of its answer.
            raise OSError(str(error)) from error
        return found


class Hooking(Sender):
    """Signed webhooks of the console channel; each is from a customer of its own."""

    def __init__(self, url: str, numbers: Sequence[int], *, key: str, secret: str) -> None:
        super().__init__(url, numbers)
        self._key = key
        self._secret = secret

    def send(self, number: int, text: str) -> None:
        body = json.dumps({"id": f"m{number}", "from": f"customer {number}", "text": text}).encode()
        signature = hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
        self.post(f"/hooks/console/{self._key}", body, {"X-Opieka-Signature": signature})


class Chatting(Sender):
    """A visitor of the chat who writes a few messages and makes room for the next one."""

    def __init__(self, url: str, numbers: Sequence[int], *, key: str, each: int = 6) -> None:
        super().__init__(url, numbers)
        self._key = key
        self._each = each
        self._token = ""
        self._said = 0

    def send(self, number: int, text: str) -> None:
        if not self._token or self._said >= self._each:
            self._token = self.post(f"/widget/{self._key}/session", b"{}", {"Content-Type": "application/json"})[
                "visitor"
            ]
            self._said = 0
        body = json.dumps({"client_id": f"c{number}", "text": text}).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        self.post(f"/widget/{self._key}/messages", body, headers)
        self._said += 1
