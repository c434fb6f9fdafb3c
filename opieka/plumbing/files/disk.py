"""Files on disk, in folders of two letters, each written completely before it gets its name."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from opieka.plumbing.files.base import FileStore, MissingFile


class Disk(FileStore):
    """`Disk("/srv/opieka/files")`."""

    def __init__(self, root: str) -> None:
        self.root = Path(root)

    def put_as(self, key: str, content: bytes) -> None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)

    def get(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError as error:
            raise MissingFile(key) from error

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def keys(self) -> Iterator[str]:
        for path in sorted(self.root.rglob("*")):
            if path.is_file() and not path.name.startswith("tmp"):
                yield path.relative_to(self.root).as_posix()

    def _path(self, key: str) -> Path:
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise MissingFile(key)
        return path
