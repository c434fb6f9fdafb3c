"""Orders, products and parcels in one neutral form, whichever shop they came from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from opieka.accounts.models import Owned
from opieka.customers.models import Customer


class Product(Owned):
    """One variant that can be ordered. Prices are gross, in minor units of `currency`."""

    sku = models.CharField(max_length=40)
    name = models.CharField(max_length=160)
    category = models.CharField(max_length=80, blank=True)
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="PLN")
    stock = models.IntegerField(default=0)
    no_withdrawal_because = models.CharField(max_length=80, blank=True)
    guarantee_months = models.PositiveSmallIntegerField(default=24)
    icon = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "sku"], name="sku_once")]

    def __str__(self) -> str:
        return self.name


class Order(Owned):
    """What a customer bought. `number` is the shop's."""

    class State(models.TextChoices):
        NEW = "new", _("new")
        PAID = "paid", _("paid")
        PACKED = "packed", _("packed")
        SENT = "sent", _("on its way")
        DELIVERED = "delivered", _("delivered")
        RETURNED = "returned", _("returned")
        CANCELLED = "cancelled", _("cancelled")

    number = models.CharField(max_length=40)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="orders")
    state = models.CharField(max_length=10, choices=State.choices)
    source = models.CharField(max_length=30, default="shop")
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="PLN")
    payment = models.CharField(max_length=30, blank=True)
    placed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "number"], name="order_number_once")]
        indexes = [models.Index(fields=["customer", "-placed_at"], name="order_by_customer")]

    def __str__(self) -> str:
        return self.number


class OrderLine(Owned):
    """One product on an order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, null=True, on_delete=models.SET_NULL)
    name = models.CharField(max_length=160)
    quantity = models.PositiveIntegerField(default=1)
    price_minor = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"


class Shipment(Owned):
    """A parcel. `events` is a list of {"at", "state", "text"} from the carrier, oldest first."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="shipments")
    carrier = models.CharField(max_length=30)
    tracking = models.CharField(max_length=60)
    state = models.CharField(max_length=30)
    promised_for = models.DateField(null=True)
    events = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking}"
