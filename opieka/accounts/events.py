"""What others may react to."""

from dataclasses import dataclass

from opieka.plumbing.events import Event


@dataclass(frozen=True, kw_only=True)
class MemberInvited(Event):
    """Somebody was offered a place; the letter is already queued."""

    invitation_id: int


@dataclass(frozen=True, kw_only=True)
class MemberJoined(Event):
    """Somebody took their place."""

    membership_id: int


@dataclass(frozen=True, kw_only=True)
class MemberLeft(Event):
    """Somebody was removed; what they wrote stays."""

    membership_id: int


@dataclass(frozen=True, kw_only=True)
class AccessEnded(Event):
    """Sessions of a person were ended: pages and live connections that use them must close."""

    user_id: int

    def topics(self) -> tuple[str, ...]:
        return (f"access:{self.user_id}",)
