"""A cache that begins anew without being emptied: on Redis that would empty it for every test that runs beside."""

import uuid


def begin_anew() -> None:
    """Nothing is drawn and no try is counted yet."""
    from django.conf import settings
    from django.core.cache import cache

    settings.CACHES["default"]["KEY_PREFIX"] = cache.key_prefix = f"test-{uuid.uuid4().hex}"
