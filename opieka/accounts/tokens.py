"""Words that open a door once: how they are made, and the only form in which they are kept."""

import base64
import hashlib
import hmac
import secrets

from django.conf import settings

KEY_BEGINS = "op_"


def hash_of(token: str) -> str:
    """What is stored of a token; tokens are long and random, so one plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def derived(*parts: object) -> str:
    """A token that only this installation can make again, 32 letters from these parts and its secret key."""
    words = ":".join(map(str, parts))
    digest = hmac.new(settings.SECRET_KEY.encode(), f"opieka token:{words}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def new_api_key() -> str:
    return KEY_BEGINS + secrets.token_urlsafe(32)
