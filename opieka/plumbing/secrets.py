"""Secrets at rest: AES-256-GCM under a key kept apart from the data."""

import base64
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from opieka.plumbing.environment import BadSetting, text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class CannotDecrypt(Exception):
    """The stored secret was made under another key, or was altered."""


def key_from_file(setting: str, path: Path) -> str:
    """The key in the environment, else in `path`, else a new one written there with mode 0600."""
    if value := text(setting, ""):
        return value
    try:
        if not path.exists():
            _create(path)
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise BadSetting(f"The key file {path} cannot be made or read: {error.strerror}.") from error


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Written whole before it gets its name: of processes that start together one gives it, and all read the same.
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
        with suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        Path(unfinished).unlink()


def _cipher(key: str) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"opieka field").derive(key.encode())
    return AESGCM(derived)


def encrypt(plain: str, *, context: str) -> str:
    """`plain` sealed for one place (`context`, e.g. "channels.inbox.secrets"): it opens nowhere else."""
    from django.conf import settings

    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = _cipher(settings.FIELD_KEY).encrypt(nonce, plain.encode(), context.encode())
    return "v1:" + base64.b64encode(nonce + sealed).decode()


def decrypt(sealed: str, *, context: str) -> str:
    """The text that `encrypt` sealed for the same context; raises CannotDecrypt."""
    from cryptography.exceptions import InvalidTag
    from django.conf import settings

    if not sealed.startswith("v1:"):
        raise CannotDecrypt("The stored secret is not in a known form.")
    raw = base64.b64decode(sealed[3:])
    try:
        plain: bytes = _cipher(settings.FIELD_KEY).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode())
    except InvalidTag as error:
        raise CannotDecrypt("The stored secret does not open with the key in use.") from error
    return plain.decode()
