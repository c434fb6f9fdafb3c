"""The pictures that customers of the screenplay sent."""

from opieka.channels.base import File
from opieka.conversations.actions.outgoing import attach
from opieka.conversations.models import Message
from opieka.demo.lists import DATA
from opieka.demo.load.saying import Thread


def attach_all(threads: list[Thread]) -> None:
    """Put each named picture of `data/pictures` to its message."""
    wanted = {message: names for thread in threads for message, names in thread.attached.items()}
    for message in Message.objects.filter(id__in=wanted).order_by("id"):
        for name in wanted[message.pk]:
            content = (DATA / "pictures" / name).read_bytes()
            attach(
                message,
                File(name=name, content=content, content_type="image/jpeg"),
                organisation_id=message.organisation_id,
            )
