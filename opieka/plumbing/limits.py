"""Counting what one address or visitor does, so that nobody can do it without end."""

from django.core.cache import cache


def counted(name: str, *, seconds: int, by: int = 1) -> int:
    """How much came under this name, this included, since the first of the last so many seconds."""
    key = f"limit:{name}"
    cache.add(key, 0, timeout=seconds)
    try:
        return int(cache.incr(key, by))
    except ValueError:
        # The window ended between the two lines.
        cache.set(key, by, timeout=seconds)
        return by
