"""Whose pictures a letter would load."""

from urllib.parse import urlsplit


def hosts_of(addresses: list[str]) -> list[str]:
    """The servers of these addresses, each once."""
    return list(dict.fromkeys(_host_of(one) for one in addresses))


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address[:60]
