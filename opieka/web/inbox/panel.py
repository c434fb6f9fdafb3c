"""The customer beside the conversation: only what is really known."""

from typing import Any

from django.utils import timezone

from opieka.commerce.models import Order
from opieka.commerce.queries import latest_orders, order_count, order_figures
from opieka.conversations.models import Conversation
from opieka.conversations.queries import contact_of, last_word, others_of_customer
from opieka.customers.models import Customer
from opieka.customers.queries import identities_of
from opieka.customers.rules import spoken
from opieka.surveys.queries import rating_of
from opieka.web.icons import has_icon
from opieka.web.inbox.senders import caution_for

LINES = ("email", "phone")


def panel_of(conversation: Conversation) -> dict[str, Any]:
    """What web/inbox/customer.html draws."""
    others, other_count = others_of_customer(conversation)
    card = card_of(conversation.customer)
    addresses = [*card["addresses"], *_left(conversation, [one["value"] for one in card["addresses"]])]
    caution = caution_for(last_word(conversation)) if card["orders"] else None
    return {**card, "addresses": addresses, "others": others, "other_count": other_count, "caution": caution}


def _left(conversation: Conversation, known: list[str]) -> list[dict[str, Any]]:
    """The address that was left in the chat for an answer, where it is not one of the customer's own."""
    email = contact_of(conversation)
    line = {"kind": "email", "value": email, "words": email, "verified": False, "bounced": None, "complained": None}
    return [line] if email and email not in known else []


def card_of(customer: Customer, *, orders: int = 3) -> dict[str, Any]:
    """The customer with their addresses, figures and orders; a figure nobody has counted is not there."""
    figures = order_figures(customer)
    average, ratings = rating_of(customer)
    shown = [order_of(order) for order in latest_orders(customer, limit=orders)]
    return {
        "customer": customer,
        "addresses": [
            {
                "kind": one.kind,
                "value": one.value,
                "words": spoken(one.kind, one.value),
                "verified": one.verified,
                "bounced": one.bounced_at,
                "complained": one.complained_at,
            }
            for one in identities_of(customer)
            if one.kind in LINES
        ],
        "orders": shown,
        "all_orders": order_count(customer) if len(shown) == orders else len(shown),
        "order_count": figures.count,
        "spent": figures.spent,
        "last_order_days": (timezone.now() - figures.last_at).days if figures.last_at else None,
        "rating": average,
        "rating_count": ratings,
    }


def order_of(order: Order) -> dict[str, Any]:
    """An order as one line: its first product stands for it."""
    lines = list(order.lines.all())
    product = lines[0].product if lines else None
    icon = product.icon if product and has_icon(product.icon) else "package"
    parcel = next(iter(order.shipments.all()), None)
    return {
        "number": order.number,
        "name": lines[0].name if lines else order.number,
        "more": len(lines) - 1 if lines else 0,
        "icon": icon,
        "category": product.category if product else "",
        "total": order.total_minor,
        "currency": order.currency,
        "placed_at": order.placed_at,
        "state": order.state,
        "label": order.get_state_display(),
        "carrier": parcel.carrier if parcel else "",
        "tracking": parcel.tracking if parcel else "",
    }
