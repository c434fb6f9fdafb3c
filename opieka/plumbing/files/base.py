"""The contract of a file store."""

import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator


class MissingFile(Exception):
    """No file is kept under that key."""


class StoreFails(OSError):
    """The store cannot be reached or refuses; the text says why. A disk says it with an OSError of its own."""


class FileStore(ABC):
    """Keys are made by the store, hold no personal data, and never clash. Whatever fails raises an OSError."""

    def put(self, content: bytes, *, folder: str) -> str:
        """Keep the bytes under a new key."""
        name = secrets.token_hex(16)
        key = f"{folder}/{name[:2]}/{name}"
        self.put_as(key, content)
        return key

    @abstractmethod
    def put_as(self, key: str, content: bytes) -> None:
        """Keep the bytes under a key that was given before, e.g. from a backup."""

    @abstractmethod
    def get(self, key: str) -> bytes: ...

    @abstractmethod
    def delete(self, key: str) -> None: ...

    @abstractmethod
    def keys(self) -> Iterator[str]: ...
