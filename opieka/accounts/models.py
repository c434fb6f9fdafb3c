"""Persons are global; a Membership joins a person to an organisation and says what they may do there."""

import secrets
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

INVITATION_LASTS = timedelta(days=7)


def new_salt() -> str:
    return secrets.token_urlsafe(16)


class UserManager(BaseUserManager["User"]):
    """Users are found by e-mail, whatever its letter case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who works here. The e-mail is the login."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)
    language = models.CharField(max_length=5, default="pl")
    theme = models.CharField(max_length=8, default="system")
    density = models.CharField(max_length=12, default="comfortable")
    shortcuts = models.BooleanField(default=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return (self.name or self.email).split()[0].split("@")[0]


def office_hours() -> dict[str, list[str]]:
    """Weekday number (0 is Monday) to opening and closing time."""
    return {str(day): ["08:00", "16:00"] for day in range(5)}


class Organisation(models.Model):
    """A firm that answers its customers with Opieka."""

    class Address(models.TextChoices):
        NEUTRAL = "neutral", _("neutral")
        FORMAL = "formal", _("Pan/Pani")
        INFORMAL = "informal", _("first names")

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(unique=True)
    host = models.CharField(max_length=120, blank=True)
    shop_url = models.URLField(blank=True)
    language = models.CharField(max_length=5, default="pl")
    time_zone = models.CharField(max_length=60, default="Europe/Warsaw")
    country = models.CharField(max_length=2, default="PL")
    address_form = models.CharField(max_length=10, choices=Address.choices, default=Address.NEUTRAL)
    brand_colour = models.CharField(max_length=7, default="#0b5c55")
    opening_hours = models.JSONField(default=office_hours)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    privacy_url = models.URLField(blank=True)
    controller = models.CharField(max_length=200, blank=True)
    demo = models.BooleanField(default=False)
    # Whether agents have marked enough spam to tell it by; mail of strangers is looked at only then.
    sifts_mail = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True)
    first_steps = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["host"], condition=~models.Q(host=""), name="one_organisation_a_host")
        ]

    def __str__(self) -> str:
        return self.name


class Owned(models.Model):
    """Every domain row belongs to one organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True


class Role(models.TextChoices):
    """From the most to the least powerful; `accounts.rules` says what each may do."""

    OWNER = "owner", _("owner")
    MANAGER = "manager", _("manager")
    AGENT = "agent", _("agent")
    READ_ONLY = "readonly", _("read only")


class Membership(Owned):
    """A person's place in an organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    joined_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True)
    signature = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user"], name="one_membership_each"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"

    @property
    def name(self) -> str:
        return str(self.user)


class Team(Owned):
    """People who share a queue."""

    name = models.CharField(_("name"), max_length=80)
    members = models.ManyToManyField(Membership, related_name="teams", blank=True)
    takes_new = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name


def invitation_end() -> Any:
    return timezone.now() + INVITATION_LASTS


class Invitation(Owned):
    """An offer of membership that expires and works once.

    Only the hash of its token is kept; the token is made again from the salt and the installation's secret key, so
    that a stolen database opens nothing.
    """

    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role.choices)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL)
    salt = models.CharField(max_length=40, default=new_salt)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=invitation_end)
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.email} ({self.role})"

    @property
    def open(self) -> bool:
        """Whether it can still be accepted."""
        return not self.accepted_at and not self.withdrawn_at and self.expires_at > timezone.now()


class ApiKey(Owned):
    """A key for programs. Shown once; only its SHA-256 is kept."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"


class KeptAnswer(Owned):
    """What a program was answered, so that the same request with the same Idempotency-Key changes nothing twice."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    idempotency_key = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["api_key", "idempotency_key"], name="answered_once")]

    def __str__(self) -> str:
        return self.idempotency_key
