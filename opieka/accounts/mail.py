"""Letters of the house to the people who work here. A job sends them: asking for one takes the same time for everybody.

A letter may hold a link that opens an account, so it lies sealed in the queue.
"""

import json

from django.conf import settings
from django.core.mail import EmailMessage

from opieka.plumbing.jobs import Options, enqueue, job
from opieka.plumbing.secrets import decrypt, encrypt

CONTEXT = "accounts.mail"


def post(to: str, *, subject: str, text: str, organisation_id: int | None) -> None:
    """Queue a letter, in the caller's transaction. Who works in that organisation sees when it cannot be sent."""
    letter = json.dumps({"to": to, "subject": " ".join(subject.split()), "text": text})
    enqueue(
        deliver_letter, Options(priority=3, organisation_id=organisation_id), sealed=encrypt(letter, context=CONTEXT)
    )


@job(retries=6)
def deliver_letter(sealed: str) -> None:
    """Hand one letter to the mail server; what it refuses is tried again, then stays as a dead letter."""
    letter = json.loads(decrypt(sealed, context=CONTEXT))
    message = EmailMessage(letter["subject"], letter["text"], settings.DEFAULT_FROM_EMAIL, [letter["to"]])
    message.extra_headers = {"Auto-Submitted": "auto-generated"}
    message.send()
