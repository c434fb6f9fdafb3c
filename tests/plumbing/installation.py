"""What happens inside an installation that is upgraded and restored: `python -m installation VERB`."""

import json
import sys
from typing import Any

from opieka.cli.base import start_django
from opieka.cli.chaos.scene import prepare

SECRET = "hasło do skrzynki"


def found() -> dict[str, Any]:
    """A shop whose first channel keeps a secret, sealed."""
    from opieka.channels.actions import keep_secrets
    from opieka.channels.models import Inbox

    keys = prepare()
    keep_secrets(Inbox.objects.earliest("id").pk, {"password": SECRET})
    return keys


def step_back() -> dict[str, Any]:
    """As before an upgrade: one migration of an index and one of a whole table are still to come."""
    from django.core.management import call_command

    from opieka.plumbing.preparing import pending

    call_command("migrate", "surveys", "zero", verbosity=0)
    call_command("migrate", "conversations", "0001", verbosity=0)
    return {"pending": pending(), "rows": rows()}


def rows() -> dict[str, int]:
    """Rows of every table there is."""
    from opieka.plumbing.backup import count_rows

    return count_rows()


def unseal() -> dict[str, str]:
    """What the first channel is told of its secret."""
    from opieka.channels.models import Inbox
    from opieka.channels.queries import channel_of

    return dict(channel_of(Inbox.objects.earliest("id")).connection.secrets)


if __name__ == "__main__":
    start_django()
    verb = {verb.__name__: verb for verb in (found, step_back, rows, unseal)}[sys.argv[1]]
    sys.stdout.write(json.dumps(verb()) + "\n")
