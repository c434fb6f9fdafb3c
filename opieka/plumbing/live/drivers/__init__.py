"""How processes tell each other "look now": the files of this folder. `OPIEKA_LIVE_URL` chooses."""

from functools import cache

from opieka.plumbing.environment import BadSetting
from opieka.plumbing.live.drivers.base import Driver

SCHEMES = {"memory": "memory", "redis": "redis", "rediss": "redis"}


@cache
def chosen() -> Driver:
    """The driver that the settings name: `memory:` or `redis://…`."""
    from django.conf import settings

    url = settings.LIVE_URL
    scheme = url.partition(":")[0]
    match SCHEMES.get(scheme):
        case "memory":
            from opieka.plumbing.live.drivers.memory import Memory

            return Memory(url)
        case "redis":
            from opieka.plumbing.live.drivers.redis import Redis

            return Redis(url)
    raise BadSetting(f"OPIEKA_LIVE_URL begins with {scheme!r}; it must be memory: or redis://….")
