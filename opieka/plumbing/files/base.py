"""The contract of a file store."""

import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

AT_ONCE = 8


class MissingFile(Exception):
    """No file is kept under that key."""


class StoreFails(OSError):
    """The store cannot be reached or refuses; the text says why. A disk says it with an OSError of its own."""


class FileStore(ABC):
    """Keys are made by the store, hold no personal data, and never clash. Whatever fails raises an OSError."""

    def put(self, content: bytes, *, folder: str) -> str:
        """Keep the bytes under a new key."""
        return self.put_all([content], folder=folder)[0]

    def put_all(self, contents: Sequence[bytes], *, folder: str) -> list[str]:
        """Keep several under new keys, in the same order, a few at a time: disks and networks are waited for, not worked for.

        Where one cannot be kept, none of them is.
        """
        keys = [_new_key(folder) for _ in contents]
        if len(keys) < 2:
            for key, content in zip(keys, contents, strict=True):
                self.put_as(key, content)
            return keys
        with ThreadPoolExecutor(min(len(keys), AT_ONCE)) as threads:
            tried = [threads.submit(self.put_as, key, content) for key, content in zip(keys, contents, strict=True)]
        failed = next((trouble for one in tried if (trouble := one.exception())), None)
        if failed:
            for key, one in zip(keys, tried, strict=True):
                if one.exception() is None:
                    self.delete(key)
            raise failed
        return keys

    @abstractmethod
    def put_as(self, key: str, content: bytes) -> None:
        """Keep the bytes under a key that was given before, e.g. from a backup."""

    @abstractmethod
    def get(self, key: str) -> bytes: ...

    @abstractmethod
    def delete(self, key: str) -> None: ...

    @abstractmethod
    def keys(self) -> Iterator[str]: ...


def _new_key(folder: str) -> str:
    name = secrets.token_hex(16)
    return f"{folder}/{name[:2]}/{name}"
