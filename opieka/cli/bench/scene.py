"""The shop that is measured: `python -m opieka.cli.bench.scene SESSIONS VISITORS`."""

import json
import sys
from typing import Any

from opieka.cli.base import start_django


def prepare(sessions: int, visitors: int) -> dict[str, Any]:
    """A shop with a chat, so many sessions of its owner, and so many tokens of visitors."""
    from opieka.accounts.actions import found
    from opieka.channels.actions import connect
    from opieka.plumbing.preparing import prepare as bring_up_to_date
    from opieka.portal.widget.visitors import new_visitor, token_of

    bring_up_to_date(with_backup=False)
    owner = found("Bench", email="owner@bench.example", person="Owner")
    chat = connect(owner.organisation, "webchat", name="Chat", cleaned={})
    return {
        "chat": chat.key,
        "sessions": [session_of(owner.user) for _ in range(sessions)],
        "visitors": [token_of(new_visitor(chat)) for _ in range(visitors)],
    }


def session_of(user: Any) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


if __name__ == "__main__":
    start_django()
    sys.stdout.write(json.dumps(prepare(int(sys.argv[1]), int(sys.argv[2]))) + "\n")
