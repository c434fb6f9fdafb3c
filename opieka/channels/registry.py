"""Every channel there is: the files of this folder, and the entry points `opieka.channels` of other packages."""

from functools import cache

from opieka.channels.base import Channel
from opieka.plumbing.extensions import find


@cache
def channels() -> dict[str, type[Channel]]:
    """Kind to class, in the order of their labels."""
    return find("opieka.channels", Channel)


def channel_class(kind: str) -> type[Channel]:
    """The channel of that kind; raises KeyError for one whose file is gone."""
    return channels()[kind]
