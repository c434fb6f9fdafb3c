"""Tasks that gave up after many tries: seen, tried again, or thrown away with a reason."""

import re
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.queries import is_alone
from opieka.accounts.rules import CONFIGURE, OWN, may
from opieka.plumbing import audit
from opieka.plumbing import jobs as queue
from opieka.plumbing.models import JobRow

PAGE = 50
# "smtplib.SMTPServerDisconnected: " stands before the sentence; a name alone is all there is to say.
NAME_BEFORE = re.compile(r"^[A-Za-z_][\w.]*: +(?=\S)")


@needs(CONFIGURE)
@require_GET
def jobs(request: MemberRequest) -> HttpResponse:
    letters = _letters(request)
    told = is_alone(request.membership.organisation)
    rows = [_row(letter, told=told or letter.organisation_id is not None) for letter in letters[:PAGE]]
    return render(request, "web/settings/jobs.html", {"rows": rows, "count": letters.count()})


def _letters(request: MemberRequest) -> QuerySet[JobRow]:
    """Those of this organisation. What belongs to none, such as a job that recurs, is the business of owners."""
    member = request.membership
    return queue.dead_letters(member.organisation_id, shared=may(member.role, OWN))


def _row(letter: JobRow, *, told: bool) -> dict[str, Any]:
    """`told`: the whole error may be shown; where organisations share an installation it could name others' people."""
    return {
        "job": letter,
        "what": plain(letter.name),
        "why": last_line(letter.last_error) if told else kind_of(letter.last_error),
        "error": letter.last_error if told else "",
        "shared": letter.organisation_id is None,
    }


WORDS = {
    "conversations.deliver": gettext_lazy("Sending an answer"),
    "conversations.email_answers": gettext_lazy("Sending an unread answer by e-mail"),
    "conversations.take_in": gettext_lazy("Reading a message that came in"),
    "assistant.consider": gettext_lazy("The assistant's thought about a message"),
    "helpdesk.find_owner": gettext_lazy("Finding somebody for a conversation"),
    "surveys.invite": gettext_lazy("Sending a survey"),
    "surveys.ask_if_settled": gettext_lazy("Sending a survey"),
    "knowledge.index_article": gettext_lazy("Learning an article"),
    "accounts.deliver_letter": gettext_lazy("A letter to somebody of the team"),
    "accounts.mail_reset_link": gettext_lazy("A letter about a new password"),
    "channels.poll_inbox": gettext_lazy("Fetching mail"),
}


def plain(name: str) -> str:
    """`opieka.conversations.actions.deliver.deliver` as people read it; a job without words shows its short name."""
    parts = name.split(".")
    if known := WORDS.get(f"{parts[1]}.{parts[-1]}" if len(parts) > 2 else name):
        return str(known)
    return f"{parts[1]}: {parts[-1].replace('_', ' ')}" if len(parts) > 2 else name


def last_line(error: str) -> str:
    """The sentence of an exception, without the module it comes from."""
    return NAME_BEFORE.sub("", _end_of(error))


def kind_of(error: str) -> str:
    """What kind of exception it was; nothing of what it says."""
    return _end_of(error).partition(":")[0]


def _end_of(error: str) -> str:
    lines = [line for line in error.strip().splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""


@needs(CONFIGURE)
@require_POST
def retry_all(request: MemberRequest) -> HttpResponse:
    revived = sum(queue.retry(letter.pk) for letter in _letters(request))
    _note(request, "retried jobs", count=revived)
    messages.success(request, ngettext("%(n)d task starts again", "%(n)d tasks start again", revived) % {"n": revived})
    return redirect("jobs")


@needs(CONFIGURE)
@require_POST
def retry(request: MemberRequest, job_id: int) -> HttpResponse:
    if not (_letters(request).filter(id=job_id).exists() and queue.retry(job_id)):
        raise Http404
    _note(request, "retried job", subject=f"job:{job_id}")
    messages.success(request, _("The task starts again"))
    return redirect("jobs")


@needs(CONFIGURE)
@require_POST
def discard(request: MemberRequest, job_id: int) -> HttpResponse:
    """Throw a task away; the reason stays in the log of changes."""
    letter = _letters(request).filter(id=job_id).first()
    if letter is None:
        raise Http404
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, _("Say why the task is not needed; it stays in the log of changes."))
        return redirect("jobs")
    queue.discard(job_id)
    _note(request, "discarded job", subject=f"job:{job_id}", job=letter.name, reason=reason[:300])
    messages.success(request, _("The task was thrown away"))
    return redirect("jobs")


def _note(request: MemberRequest, verb: str, *, subject: str = "", **details: Any) -> None:
    member = request.membership
    audit.record(member.organisation_id, f"membership:{member.pk}", verb, subject=subject, **details)
