"""People and companies, and the addresses by which we know them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from opieka.accounts.models import Membership, Owned


class Customer(Owned):
    """One person or company. A visitor we know nothing about yet has an empty name."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        COMPANY = "company", _("company")

    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=160, blank=True)
    language = models.CharField(max_length=5, default="pl")
    city = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    tax_number = models.CharField(max_length=20, blank=True)
    since = models.DateField(null=True)
    tags = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "name"], name="customer_by_name")]

    def __str__(self) -> str:
        return self.name or str(_("Visitor"))


class Identity(Owned):
    """An address of a customer, normalised: e-mail in lower case, phone as E.164, a chat visitor's id."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=254)
    verified = models.BooleanField(default=False)
    bounced_at = models.DateTimeField(null=True)
    complained_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "identities"
        constraints = [models.UniqueConstraint(fields=["organisation", "kind", "value"], name="identity_once")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


class Block(Owned):
    """Whose messages are kept, and neither answered nor shown in the inbox.

    `value` is an address of the channel `kind`, normalised as an identity's, or a mail domain written "@x.pl".
    """

    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=254)
    blocked_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "kind", "value"], name="blocked_once")]

    def __str__(self) -> str:
        return self.value
