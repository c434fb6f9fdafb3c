"""Send later: the moments that are offered and the replies that wait in the thread."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opieka.accounts.models import Organisation
from opieka.conversations import queries
from opieka.conversations.models import Conversation
from opieka.conversations.rules import may_be_scheduled
from opieka.web.inbox.snoozes import moment_ahead, own_moment
from opieka.web.inbox.thread import file_of

MORNING = time(8)
NO_MOMENT = gettext_lazy("Please choose a moment that is still ahead, at most a year from now.")


def choices(organisation: Organisation) -> list[dict[str, Any]]:
    """The offered moments in the shop's time, each once, soonest first."""
    now = timezone.now()
    today = now.astimezone(ZoneInfo(organisation.time_zone)).date()
    monday = today + timedelta(days=7 - today.weekday())
    offered = {"hour": (_("In an hour"), now + timedelta(hours=1))}
    for name, label, day in (
        ("tomorrow", _("Tomorrow at 8:00"), today + timedelta(days=1)),
        ("monday", _("On Monday at 8:00"), monday),
    ):
        moment = datetime.combine(day, MORNING, ZoneInfo(organisation.time_zone))
        if moment not in [at for _label, at in offered.values()]:
            offered[name] = (label, moment)
    return [
        {"name": name, "label": label, "at": at, "words": moment_ahead(at, now)}
        for name, (label, at) in offered.items()
    ]


def moment_of(organisation: Organisation, name: str, own: str) -> datetime | None:
    """The chosen moment, or the agent's own ("2026-11-24T08:00" in the shop's time); None when it cannot be kept."""
    offered = {choice["name"]: choice["at"] for choice in choices(organisation)}
    moment = offered.get(name) or own_moment(organisation, own)
    return moment if moment and may_be_scheduled(moment, timezone.now()) else None


def items_of(conversation: Conversation) -> list[dict[str, Any]]:
    """The replies that wait, as lines at the end of the thread."""
    now = timezone.now()
    return [
        {
            "is": "scheduled",
            "id": one.pk,
            "at": one.at,
            "words": moment_ahead(one.at, now),
            "name": one.member.name,
            "text": one.text,
            "copies": one.copies,
            "files": [file_of(file) for file in one.attachments.all()],
        }
        for one in queries.scheduled_in(conversation)
    ]
