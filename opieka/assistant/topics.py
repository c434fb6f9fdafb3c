"""Topics as people read them. A topic is a word of `understanding`; what is unknown shows as it is."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: dict[str, Promise] = {
    "order_status": _("Where is my order"),
    "delivery": _("Delivery"),
    "payment": _("Payment"),
    "returns": _("Returns"),
    "refund": _("Refund"),
    "exchange": _("Exchange"),
    "complaint": _("Complaint"),
    "warranty": _("Warranty"),
    "damaged": _("Damaged goods"),
    "order_change": _("Change of order"),
    "invoice": _("Invoice"),
    "availability": _("Availability"),
    "product": _("Product question"),
    "discount": _("Discounts"),
    "account": _("Account"),
    "technical": _("Technical problem"),
    "privacy": _("Privacy"),
    "accessibility": _("Accessibility"),
    "safety": _("Safety"),
    "store": _("Store"),
    "business": _("Business"),
    "person": _("Talk to a person"),
    "praise": _("Praise"),
    "other": _("Other"),
}


def label_of(topic: str) -> str:
    """The topic in the reader's language; "" for none."""
    return str(LABELS.get(topic, topic))
