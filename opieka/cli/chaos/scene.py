"""What happens inside the product that is treated badly: `python -m opieka.cli.chaos.scene prepare|count`."""

import json
import sys
from typing import Any

from opieka.cli.base import start_django


def prepare() -> dict[str, Any]:
    """A shop with an inbox for hooks and a chat, and a session of its owner."""
    from opieka.accounts.actions import found
    from opieka.channels.actions import connect
    from opieka.cli.bench.scene import session_of
    from opieka.plumbing.preparing import prepare as bring_up_to_date

    bring_up_to_date(with_backup=False)
    owner = found("Chaos", email="owner@chaos.example", person="Owner")
    shop = owner.organisation
    hooks = connect(shop, "console", name="Hooks", cleaned={"greeting": ""})
    chat = connect(shop, "webchat", name="Chat", cleaned={})
    keys = {"hook": hooks.key, "secret": hooks.hook_secret, "chat": chat.key}
    return keys | {"session": session_of(owner.user)}


def count() -> dict[str, Any]:
    """What became of the messages, and what is still to be done."""
    from opieka.conversations.models import Delivery, Message
    from opieka.plumbing.jobs import counts

    said = Message.objects.filter(author="customer").order_by("id").select_related("conversation__customer")
    # Who said it is in its raw item; whose conversation it is in must be the same.
    strangers = [message for message in said if not _is_own(message)]
    jobs = counts()
    return {
        "texts": [message.text for message in said],
        "joined_wrongly": len(strangers),
        "due": jobs["due"] + jobs["running"],
        "stuck": jobs["dead"],
        "uncertain": Delivery.objects.filter(state=Delivery.State.UNCERTAIN).count(),
    }


def _is_own(message: Any) -> bool:
    from opieka.customers.models import Identity

    sender = message.recipients["from"]
    return Identity.objects.filter(customer=message.conversation.customer, value=sender).exists()


if __name__ == "__main__":
    start_django()
    sys.stdout.write(json.dumps({"prepare": prepare, "count": count}[sys.argv[1]]()) + "\n")
