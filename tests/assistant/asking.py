"""What tests of the assistant ask it about."""

from opieka.assistant.models import Setup
from opieka.conversations.models import Author, Conversation, Message
from tests.world import World

DELIVERY = "Paczkę wysyłamy w ciągu 24 godzin. Paczka dochodzi w 1–2 dni robocze."
RETURNS = "Na zwrot butów jest 14 dni od odbioru. Formularz zwrotu jest w każdej paczce."


def thresholds(world: World, *, answer: float, offer: float) -> None:
    Setup.objects.update_or_create(organisation=world.shop, defaults={"threshold": answer, "offer_threshold": offer})


def last_said(conversation: Conversation) -> Message:
    said = Message.objects.filter(conversation=conversation, author=Author.ASSISTANT).order_by("-id").first()
    assert said
    return said
