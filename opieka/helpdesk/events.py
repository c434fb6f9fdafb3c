"""What others may react to."""

from dataclasses import dataclass

from opieka.plumbing.events import Event


@dataclass(frozen=True, kw_only=True)
class PresenceChanged(Event):
    """A member opened or left a conversation, or began or stopped to type in it. The customer may see typing."""

    conversation_id: int
    member_id: int
    typing: bool = False

    def topics(self) -> tuple[str, ...]:
        own = (f"presence:{self.conversation_id}",)
        return (*own, f"visitor:{self.conversation_id}") if self.typing else own


@dataclass(frozen=True, kw_only=True)
class CustomerTyping(Event):
    """The customer types in a chat right now."""

    conversation_id: int

    def topics(self) -> tuple[str, ...]:
        return (f"presence:{self.conversation_id}",)
