"""Keys that can be replaced: the new one counts at once, the old one for a day more, so that both sides need not change
in the same moment. Among an inbox's secrets a key `x` that was replaced stands as `x`, the one before it as `x_before`,
which counts until `x_until`.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils import timezone

OLD_LASTS = timedelta(hours=24)
HOOK_KEY = "hook_key"


def current(kept: Mapping[str, str], name: str, *, first: str) -> str:
    """The key that counts from now on; `first` is the one before any replacement."""
    return kept.get(name) or first


def accepted(kept: Mapping[str, str], name: str, *, first: str) -> tuple[str, ...]:
    """Every key that counts now, the newest first."""
    old = (kept[f"{name}_before"],) if old_until(kept, name) else ()
    return (current(kept, name, first=first), *old)


def old_until(kept: Mapping[str, str], name: str) -> datetime | None:
    """Until when the old key counts; None when there is none that does."""
    until = kept.get(f"{name}_until", "")
    ends = datetime.fromisoformat(until) if until else None
    return ends if ends and ends > timezone.now() else None


def replacement(kept: Mapping[str, str], name: str, *, first: str) -> dict[str, str]:
    """The secrets to keep instead: a new key, and the one it replaces with its end."""
    return {
        name: secrets.token_urlsafe(30),
        f"{name}_before": current(kept, name, first=first),
        f"{name}_until": (timezone.now() + OLD_LASTS).isoformat(),
    }


def revocation(name: str) -> dict[str, str]:
    """The secrets to keep once the old key counts no more."""
    return {f"{name}_before": "", f"{name}_until": ""}


def branch_name(inbox_id: int) -> str:
    """Under which name the mark of an address stands through which mail is forwarded to that inbox."""
    return f"branch_{inbox_id}"
