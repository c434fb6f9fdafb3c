"""Where other systems call us: /hooks/<channel>/<inbox key>. Proved by the channel, kept as it came, then answered.

What it means is found out by a job; the caller never waits for that.
"""

import hashlib
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from opieka.accounts.access import public
from opieka.api.problems import problem
from opieka.channels.actions import keep
from opieka.channels.base import Channel, Hook, Refused, Unreadable
from opieka.channels.queries import channel_of, inbox_by_key

SECRET_HEADERS = frozenset({"authorization", "cookie"})
NO_INBOX = "No inbox has this address. Copy it again from the settings of the inbox."


@csrf_exempt
@public
def hook(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """202 for something new, 200 for what we have already; refused with a sentence when it is not genuine."""
    if request.method != "POST":
        answer = problem(405)
        answer["Allow"] = "POST"
        return answer
    inbox = inbox_by_key(key, kind=kind)
    if inbox is None:
        return problem(404, NO_INBOX)
    came = Hook(
        body=request.body,
        headers={name.lower(): value for name, value in request.headers.items()},
        content_type=request.content_type or "application/octet-stream",
    )
    channel = channel_of(inbox)
    try:
        channel.verify(came)
        dedupe_key = _dedupe_key(channel, came)
    except Refused as refused:
        return problem(403, str(refused))
    # The key has done its work; it is not kept beside the mail.
    kept = {name: value for name, value in came.headers.items() if name not in SECRET_HEADERS}
    _raw, is_new = keep(inbox, replace(came, headers=kept, meant_for=channel.branch(came)), dedupe_key=dedupe_key)
    # Whoever deletes its own copy now must know that it was we who answered.
    return HttpResponse(status=202 if is_new else 200, headers={"Opieka-Kept": "new" if is_new else "known"})


def _dedupe_key(channel: Channel, came: Hook) -> str:
    """What nobody can read is kept too, once for each different body."""
    try:
        return channel.dedupe_key(came)
    except Unreadable:
        return hashlib.sha256(came.body).hexdigest()
