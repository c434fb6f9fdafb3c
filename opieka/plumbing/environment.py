"""Reading settings from the environment, with errors that say what to do."""

import logging
import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

CHANGED: set[str] = set()
"""Names of the settings whose value is not the default, for diagnostics, which show no values."""

ENGINES = {"django.db.backends.sqlite3", "django.db.backends.postgresql"}
_SIGNS = "its port must be a number, and signs like @, : and / in a password are written %40, %3A and %2F."
_NO_DATABASE = "{name} must look like postgresql://user:password@host/name or sqlite:////path/of/file; " + _SIGNS


class BadSetting(ValueError):
    """A setting whose value cannot be used; the text is a sentence for the operator."""


def text(name: str, default: str) -> str:
    """The value of NAME, or the content of the file that NAME_FILE points to, or the default."""
    value = _given(name, default)
    (CHANGED.discard if value == default else CHANGED.add)(name)
    return value


def _given(name: str, default: str) -> str:
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSetting(f"{name}_FILE points to {path}, which cannot be read: {error.strerror}.") from error
    return os.environ.get(name, default)


def number(name: str, default: int) -> int:
    """A whole number, zero or more."""
    value = text(name, str(default))
    if not value.isdigit():
        raise BadSetting(f"{name} is {value!r}; it must be a whole number, for example {default}.")
    return int(value)


def flag(name: str, *, default: bool) -> bool:
    """yes/no, true/false, on/off or 1/0."""
    value = text(name, "yes" if default else "no").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise BadSetting(f"{name} is {value!r}; it must be yes or no.")


def choice(name: str, default: str, *, among: Collection[str]) -> str:
    """One of these words, whether written large or small."""
    value = text(name, default).upper()
    if value not in among:
        raise BadSetting(f"{name} is {value!r}; it must be one of {', '.join(among)}.")
    return value


def log_level(name: str, default: str) -> str:
    """How much is told: DEBUG tells the most."""
    known = logging.getLevelNamesMapping()
    return choice(name, default, among=[level for level in sorted(known, key=known.__getitem__) if known[level]])


def time_zone(name: str, default: str) -> str:
    """A name of the IANA database."""
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (ValueError, LookupError, OSError) as error:
        raise BadSetting(f"{name} is {value!r}; it must be the name of a time zone, for example {default}.") from error
    return value


def name_server(name: str, default: str) -> str:
    """The IPv4 address of a name server, with a port or without; "off" for none, "" for the one of this machine."""
    value = text(name, default)
    if value not in {"", "off"} and not re.fullmatch(r"(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?", value):
        raise BadSetting(f"{name} is {value!r}; it must be an address such as 192.0.2.53 or 127.0.0.1:5353, or off.")
    return value


def folder(name: str, path: Path) -> Path:
    """The folder, made where it is missing. `name` is the setting that says where it is."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(f"{name} leads to {path}, which cannot be made: {error.strerror}.") from error
    return path


def public_url(name: str, default: str) -> str:
    """The beginning of every address that people are given, without the slash at its end."""
    value = text(name, default).rstrip("/")
    if not value.startswith(("https://", "http://")):
        raise BadSetting(f"{name} is {value!r}; it must begin with https:// (http:// is for trying out).")
    return value


def url(name: str, default: str) -> str:
    """An address that a driver understands. What it says is never repeated: passwords stand in it."""
    value = text(name, default)
    try:
        is_one = bool(urlsplit(value).scheme) and urlsplit(value).port != 0
    except ValueError:
        is_one = False
    if not is_one:
        raise BadSetting(f"{name} is no address such as {default}; {_SIGNS}")
    return value


def database(name: str, address: str) -> dict[str, Any]:
    """What Django wants to know of the database at this address: SQLite or PostgreSQL."""
    import dj_database_url

    try:
        known: dict[str, Any] = dict(dj_database_url.parse(address, conn_max_age=60))
    except ValueError as error:
        raise BadSetting(_NO_DATABASE.format(name=name)) from error
    if known["ENGINE"] not in ENGINES:
        raise BadSetting(_NO_DATABASE.format(name=name))
    return known
