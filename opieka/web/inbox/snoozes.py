"""Until when a conversation may be put away: in the shop's own hours."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opieka.accounts.hours import opening
from opieka.accounts.models import Organisation


def choices(organisation: Organisation) -> list[dict[str, Any]]:
    """The offered moments, soonest first, each once."""
    now = timezone.now()
    found: list[dict[str, Any]] = [
        {"name": name, "label": label, "at": moment}
        for name, label, moment in (
            ("hour", _("In an hour"), now + timedelta(hours=1)),
            ("hours", _("In three hours"), now + timedelta(hours=3)),
            ("morning", _("Next morning"), next_opening(organisation, now)),
            ("week", _("In a week"), next_opening(organisation, now + timedelta(days=6))),
        )
    ]
    return [{**one, "words": moment_ahead(one["at"], now)} for one in found]


def moment_ahead(moment: datetime, now: datetime) -> str:
    """As short as it may be said: "17:55" today, "jutro, 8:00", later "1.12, 8:00"."""
    local = timezone.localtime(moment)
    hour = date_format(local, "G:i")
    days = (local.date() - timezone.localtime(now).date()).days
    if days == 0:
        return hour
    day = _("tomorrow") if days == 1 else date_format(local, pgettext("day of this year", "j M"))
    return f"{day}, {hour}"


def next_opening(organisation: Organisation, at: datetime) -> datetime:
    """When people come to work on a later day than `at`; 8:00 tomorrow for a shop that keeps no hours."""
    zone = ZoneInfo(organisation.time_zone)
    midnight = datetime.combine(at.astimezone(zone).date() + timedelta(days=1), time(), zone)
    opens = opening(organisation, midnight).opens
    return opens or midnight + timedelta(hours=8)


def moment_of(organisation: Organisation, name: str, own: str) -> datetime | None:
    """The chosen moment, or the agent's own ("2026-11-24T08:00" in the shop's time); None when it is not ahead."""
    for choice in choices(organisation):
        if choice["name"] == name:
            return choice["at"]  # type: ignore[no-any-return]
    return own_moment(organisation, own)


def own_moment(organisation: Organisation, own: str) -> datetime | None:
    """What was typed as "2026-11-24T08:00", in the shop's time; None when it is no moment or not ahead."""
    try:
        parsed = parse_datetime(own)
    except ValueError:
        return None
    if parsed is None:
        return None
    moment = parsed if parsed.tzinfo else parsed.replace(tzinfo=ZoneInfo(organisation.time_zone))
    return moment if moment > timezone.now() else None
