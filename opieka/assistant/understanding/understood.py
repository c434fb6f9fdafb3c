"""The words of understanding. Imports nothing heavy, so that anything may import it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Topic(StrEnum):
    """What a message is about."""

    ORDER_STATUS = "order_status"
    DELIVERY = "delivery"
    PAYMENT = "payment"
    RETURNS = "returns"
    REFUND = "refund"
    EXCHANGE = "exchange"
    COMPLAINT = "complaint"
    WARRANTY = "warranty"
    DAMAGED = "damaged"
    ORDER_CHANGE = "order_change"
    INVOICE = "invoice"
    AVAILABILITY = "availability"
    PRODUCT = "product"
    DISCOUNT = "discount"
    ACCOUNT = "account"
    TECHNICAL = "technical"
    PRIVACY = "privacy"
    ACCESSIBILITY = "accessibility"
    SAFETY = "safety"
    STORE = "store"
    BUSINESS = "business"
    PERSON = "person"
    PRAISE = "praise"
    OTHER = "other"


class Legal(StrEnum):
    """Which legal clock a message may start."""

    NONE = "none"
    COMPLAINT = "complaint"
    WITHDRAWAL = "withdrawal"
    PRIVACY = "privacy"
    ACCESSIBILITY = "accessibility"
    SAFETY = "safety"


class Mood(StrEnum):
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Signal(StrEnum):
    """A state in which a person, not the assistant, should speak first."""

    NONE = "none"
    ANGRY = "angry"
    THREATENING = "threatening"
    GRIEVING = "grieving"
    FRIGHTENED = "frightened"


class Names(StrEnum):
    """What a stretch of text names."""

    ORDER = "order"
    PARCEL = "parcel"
    EMAIL = "email"
    PHONE = "phone"
    IBAN = "iban"
    CARD = "card"
    PESEL = "pesel"
    NIP = "nip"
    POSTCODE = "postcode"
    STREET = "street"
    AMOUNT = "amount"
    DATE = "date"


PERSONAL = frozenset(
    {Names.EMAIL, Names.PHONE, Names.IBAN, Names.CARD, Names.PESEL, Names.NIP, Names.POSTCODE, Names.STREET}
)
"""What must not reach a log. A one-person firm's NIP is a person's too."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A named thing: `text` is `message[start:end]`, `value` is its normal form.

    Normal forms: numbers without spaces, amounts as '1234.50 PLN', dates as '2026-11-22' or '--11-22'
    without a year, phones as '+48601234567', e-mail in lower case.
    """

    names: Names
    start: int
    end: int
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What a message means, as far as we can tell."""

    language: str  # ISO 639-1
    topic: Topic
    legal: Legal
    mood: Mood
    urgent: bool
    signal: Signal
    wants_person: bool
    entities: tuple[Entity, ...]
    personal: tuple[Names, ...]
    """Kinds of personal data in the message."""
    confidence: Mapping[str, float] = field(default_factory=dict)
    """Probability of the chosen topic, legal meaning, mood and urgency, for "dlaczego?"."""
    rules: tuple[str, ...] = ()
    """Names of the rules that spoke, such as 'legal:complaint:says'."""
