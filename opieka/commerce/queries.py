"""Questions about orders."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, QuerySet, Sum

from opieka.commerce.models import Order
from opieka.customers.models import Customer


def latest_orders(customer: Customer, *, limit: int = 3) -> QuerySet[Order]:
    """The customer's newest orders with their lines and parcels."""
    orders = Order.objects.filter(customer=customer).order_by("-placed_at")
    return orders.prefetch_related("lines__product", "shipments")[:limit]


def order_count(customer: Customer) -> int:
    return Order.objects.filter(customer=customer).count()


@dataclass(frozen=True, kw_only=True)
class OrderFigures:
    """What a customer's orders come to; `spent` is (minor units, currency), None when currencies are mixed."""

    count: int
    spent: tuple[int, str] | None
    last_at: datetime | None


def order_figures(customer: Customer) -> OrderFigures:
    """Orders that stand: what was cancelled or returned is counted in neither number nor sum."""
    gone = [Order.State.CANCELLED, Order.State.RETURNED]
    standing = Order.objects.filter(customer=customer).exclude(state__in=gone)
    sums = list(standing.values("currency").annotate(n=Count("id"), total=Sum("total_minor"), last=Max("placed_at")))
    return OrderFigures(
        count=sum(one["n"] for one in sums),
        spent=(sums[0]["total"], sums[0]["currency"]) if len(sums) == 1 else None,
        last_at=max((one["last"] for one in sums), default=None),
    )
