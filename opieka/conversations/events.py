"""What others may react to."""

from dataclasses import dataclass

from opieka.plumbing.events import Event


@dataclass(frozen=True, kw_only=True)
class ConversationEvent(Event):
    """Something happened in a conversation that agents see."""

    conversation_id: int

    def topics(self) -> tuple[str, ...]:
        return ("inbox", f"conversation:{self.conversation_id}")

    def key(self) -> str:
        return f"conversation:{self.conversation_id}"


@dataclass(frozen=True, kw_only=True)
class PublicEvent(ConversationEvent):
    """Something happened that the customer sees too."""

    def topics(self) -> tuple[str, ...]:
        return (*super().topics(), f"visitor:{self.conversation_id}")


@dataclass(frozen=True, kw_only=True)
class MessageReceived(PublicEvent):
    urgent = True
    message_id: int
    automatic: bool = False


@dataclass(frozen=True, kw_only=True)
class SenderUnproven(ConversationEvent):
    """A message came whose sender nobody has vouched for yet, and whose signatures can be looked at."""

    message_id: int

    def key(self) -> str:
        # The look waits for name servers; nothing else of the conversation waits for it.
        return ""


@dataclass(frozen=True, kw_only=True)
class AcknowledgementWanted(ConversationEvent):
    """A person's message came through an inbox that acknowledges receipt; it comes after what may answer it."""

    message_id: int


@dataclass(frozen=True, kw_only=True)
class ReplyWritten(PublicEvent):
    """A reply to the customer was written by `author`: agent, assistant or system."""

    urgent = True
    message_id: int
    author: str

    def key(self) -> str:
        # Replies leave in order; one that waits for a mail server holds back nothing else of its conversation.
        return f"replies:{self.conversation_id}"


@dataclass(frozen=True, kw_only=True)
class ReplyWithdrawn(PublicEvent):
    message_id: int


@dataclass(frozen=True, kw_only=True)
class ReplyScheduled(ConversationEvent):
    """A reply was written that is to leave later; its reaction waits until then."""

    scheduled_id: int

    def key(self) -> str:
        return f"scheduled:{self.scheduled_id}"


@dataclass(frozen=True, kw_only=True)
class ScheduleEnded(ConversationEvent):
    """A scheduled reply waits no more; `end` is sent, cancelled, overtaken (the customer wrote) or failed."""

    scheduled_id: int
    end: str


@dataclass(frozen=True, kw_only=True)
class NoteWritten(ConversationEvent):
    message_id: int


@dataclass(frozen=True, kw_only=True)
class DeliveryChanged(PublicEvent):
    message_id: int
    state: str


@dataclass(frozen=True, kw_only=True)
class AddressLost(ConversationEvent):
    """A reply of this conversation came back for good: nobody is at that address of a customer."""

    identity_id: int

    def key(self) -> str:
        # It looks at other conversations as well, and nothing of this one waits for it.
        return f"address:{self.identity_id}"


@dataclass(frozen=True, kw_only=True)
class HandedOver(PublicEvent):
    """The assistant, or the customer, asked for a person; `reason` is a word of assistant.rules."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class PersonJoined(PublicEvent):
    membership_id: int


@dataclass(frozen=True, kw_only=True)
class Assigned(ConversationEvent):
    membership_id: int | None
    team_id: int | None


@dataclass(frozen=True, kw_only=True)
class ConversationResolved(PublicEvent):
    """`by` is agent, customer or assistant (the customer said that the answer was enough)."""

    by: str


@dataclass(frozen=True, kw_only=True)
class ConversationReopened(PublicEvent):
    by: str


@dataclass(frozen=True, kw_only=True)
class ConversationSnoozed(ConversationEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class ConversationWoken(ConversationEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class ConversationQuarantined(ConversationEvent):
    """It was put away as spam by an agent ("agent"), by what agents have taught the filter ("filter") or because its
    sender is blocked ("block").
    """

    by: str


@dataclass(frozen=True, kw_only=True)
class ConversationCleared(ConversationEvent):
    """It is no spam and back in the inbox; `by` is "agent", or "law" when what it says may have a legal meaning."""

    by: str


@dataclass(frozen=True, kw_only=True)
class StrangerWrote(ConversationEvent):
    """A mail began a conversation, or came into one in quarantine: it may be spam, and it may be what is no spam."""

    message_id: int


@dataclass(frozen=True, kw_only=True)
class ConversationChanged(ConversationEvent):
    """Anything else on the card: topic, tags, subject, read mark."""


@dataclass(frozen=True, kw_only=True)
class ConversationMerged(ConversationEvent):
    """The conversation leads to `into_id` from now on, which shows its messages."""

    into_id: int

    def topics(self) -> tuple[str, ...]:
        return (*super().topics(), f"conversation:{self.into_id}")


@dataclass(frozen=True, kw_only=True)
class ConversationSeparated(ConversationEvent):
    """The conversation stands by itself again, apart from `from_id`."""

    from_id: int

    def topics(self) -> tuple[str, ...]:
        return (*super().topics(), f"conversation:{self.from_id}")


@dataclass(frozen=True, kw_only=True)
class ConversationSplit(ConversationEvent):
    """Messages of `from_id` became this conversation."""

    from_id: int

    def topics(self) -> tuple[str, ...]:
        return (*super().topics(), f"conversation:{self.from_id}")


@dataclass(frozen=True, kw_only=True)
class ConversationBegun(ConversationEvent):
    """An agent wrote first."""


@dataclass(frozen=True, kw_only=True)
class AnswerJudged(PublicEvent):
    """The customer said whether an answer of the assistant was enough."""

    message_id: int
    helpful: bool


@dataclass(frozen=True, kw_only=True)
class MessagesSeen(ConversationEvent):
    """The customer has read what we wrote."""
