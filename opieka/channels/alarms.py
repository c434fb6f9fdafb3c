"""Letters to the owners about an inbox: nothing comes in or goes out, it does again, a secret ends.

They leave through the system's own mail server where one is set, else through whichever mailbox of the organisation
still sends: that of the alarm itself comes last.
"""

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opieka.accounts import mail
from opieka.accounts.models import Membership, Organisation, Role
from opieka.channels.base import Outbound, TryLater, Unsure, WontWork
from opieka.channels.events import InboxBack, InboxLost, OutboxDrained, OutboxStuck, SecretEnding
from opieka.channels.models import Inbox, Outage
from opieka.channels.queries import channel_of
from opieka.channels.registry import channel_class
from opieka.plumbing.jobs import Options, enqueue, job


def warn_owners(event: InboxLost | OutboxStuck) -> None:
    """Tell every owner that nothing comes in, or goes out."""
    _to_owners(event.organisation_id, event.inbox_id, about=f"lost:{event.outage_id}")


def reassure_owners(event: InboxBack | OutboxDrained) -> None:
    """Tell every owner that it does again, and how much came or left meanwhile."""
    _to_owners(event.organisation_id, event.inbox_id, about=f"back:{event.outage_id}")


def warn_of_ending(event: SecretEnding) -> None:
    """Tell every owner that a secret has to be renewed."""
    _to_owners(event.organisation_id, event.inbox_id, about=f"ends:{event.ends_on}")


def _to_owners(organisation_id: int, inbox_id: int, *, about: str) -> None:
    for owner in Membership.objects.filter(organisation_id=organisation_id, role=Role.OWNER, user__is_active=True):
        once = f"alarm:{inbox_id}:{about}:{owner.pk}"
        options = Options(once=once, priority=2, organisation_id=organisation_id)
        enqueue(tell, options, inbox_id=inbox_id, member_id=owner.pk, about=about)


@job(retries=8)
def tell(inbox_id: int, member_id: int, about: str) -> None:
    """Send one letter. One that time has overtaken is not sent."""
    inbox = Inbox.objects.select_related("organisation").filter(pk=inbox_id).first()
    owner = Membership.objects.select_related("user").filter(pk=member_id, role=Role.OWNER).first()
    if inbox is None or owner is None:
        return
    with translation.override(inbox.organisation.language):
        words = _words(inbox, about)
        if words:
            _send(inbox, owner, subject=words[0], text=f"{words[1]}\n\n{words[2]}\n", mark=f"{about}:{owner.pk}")


def _words(inbox: Inbox, about: str) -> tuple[str, str, str] | None:
    """Subject, text and where to look; None when there is nothing to tell any more."""
    kind, _colon, which = about.partition(":")
    settings_page = _page(f"settings/inboxes/{inbox.pk}/")
    if kind == "ends":
        return (*_ending(inbox, date.fromisoformat(which)), settings_page) if str(inbox.ends_on) == which else None
    outage = Outage.objects.filter(pk=int(which), inbox=inbox).first()
    if outage is None or (kind == "lost" and outage.ended_at):
        return None
    if outage.side == Outage.Side.OUT:
        return (*(_stuck if kind == "lost" else _drained)(inbox, outage), _page("outbox/"))
    return (*(_lost if kind == "lost" else _back)(inbox, outage), settings_page)


def _facts(inbox: Inbox, outage: Outage) -> dict[str, Any]:
    since = date_format(timezone.localtime(outage.began_at, ZoneInfo(inbox.organisation.time_zone)), "j E, H:i")
    return {"name": inbox.name, "since": since, "why": outage.trouble}


def _lost(inbox: Inbox, outage: Outage) -> tuple[str, str]:
    facts = _facts(inbox, outage)
    subject = _("No mail comes in: %(name)s") % facts
    text = _(
        "“%(name)s” has been out of reach since %(since)s.\n\n%(why)s\n\nWhat customers write waits on their mail "
        "server and is fetched in order once the connection is back. You will be told."
    )
    return subject, text % facts


def _back(inbox: Inbox, outage: Outage) -> tuple[str, str]:
    facts = {"name": inbox.name, "count": outage.carried}
    text = ngettext(
        "“%(name)s” works again. %(count)d message that came meanwhile has been fetched.",
        "“%(name)s” works again. %(count)d messages that came meanwhile have been fetched.",
        outage.carried,
    )
    return _("Mail comes in again: %(name)s") % facts, text % facts


def _stuck(inbox: Inbox, outage: Outage) -> tuple[str, str]:
    facts = _facts(inbox, outage) | {"count": outage.left or 0}
    text = ngettext(
        "%(count)d reply of “%(name)s” has not left since %(since)s.\n\n%(why)s\n\nNothing is lost. See what waits and "
        "let it leave once more:",
        "%(count)d replies of “%(name)s” have not left, the first since %(since)s.\n\n%(why)s\n\nNothing is lost. See "
        "what waits and let it leave once more:",
        facts["count"],
    )
    return _("Replies do not leave: %(name)s") % facts, text % facts


def _drained(inbox: Inbox, outage: Outage) -> tuple[str, str]:
    facts = {"name": inbox.name, "count": outage.carried}
    text = ngettext(
        "%(count)d reply of “%(name)s” that had waited has left. Nothing is stuck any more.",
        "%(count)d replies of “%(name)s” that had waited have left. Nothing is stuck any more.",
        outage.carried,
    )
    return _("Replies leave again: %(name)s") % facts, text % facts


def _ending(inbox: Inbox, ends_on: date) -> tuple[str, str]:
    facts = {"name": inbox.name, "day": date_format(ends_on, "j E Y")}
    text = _(
        "The secret with which Opieka opens “%(name)s” ends on %(day)s. From then on no mail would come in. Make a new "
        "one with the provider and enter it, with its last day, in the settings of the inbox."
    )
    return _("A secret ends on %(day)s: %(name)s") % facts, text % facts


def _page(path: str) -> str:
    return f"{settings.PUBLIC_URL}/{path}"


def _send(inbox: Inbox, owner: Membership, *, subject: str, text: str, mark: str) -> None:
    if settings.EMAIL_HOST:
        mail.post(owner.user.email, subject=subject, text=text, organisation_id=inbox.organisation_id)
        return
    letter = Outbound(
        idempotency_key=hashlib.sha256(f"{inbox.pk}:{mark}".encode()).hexdigest()[:32],
        recipient=owner.user.email,
        recipient_name=owner.user.name,
        subject=subject,
        text=text,
        automatic=True,
        language=inbox.organisation.language,
    )
    for sender in _senders(inbox.organisation, last=inbox):
        try:
            channel_of(sender).send(letter)
        except Unsure:
            # It may have left; a second one would alarm twice.
            return
        except (TryLater, WontWork):
            continue
        return
    raise TryLater(_("No mailbox sends at the moment, and OPIEKA_SMTP_HOST is not set."))


def _senders(organisation: Organisation, *, last: Inbox) -> Iterator[Inbox]:
    """Mailboxes a letter can leave through, those that work first."""
    for inbox in (
        Inbox.objects.filter(organisation=organisation, active=True).exclude(pk=last.pk).order_by("trouble", "pk")
    ):
        if channel_class(inbox.kind).traits.letters:
            yield inbox
    if channel_class(last.kind).traits.letters:
        yield last
