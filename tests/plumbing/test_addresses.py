"""Where a request came from: what our own proxies saw, never what a sender claims."""

import pytest

from opieka.plumbing.addresses import client_address
from opieka.plumbing.live.app import _address

HERE, LIE = "192.0.2.7", "198.51.100.1"


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        (LIE, 0, "127.0.0.1"),
        ("", 1, "127.0.0.1"),
        (HERE, 1, HERE),
        (f"{LIE}, {HERE}", 1, HERE),
        (f"{LIE}, {HERE}, 10.0.0.2", 2, HERE),
    ],
    ids=["no proxy of ours", "none in between", "one", "one and a lie", "two and a lie"],
)
def test_the_address_is_what_the_outermost_of_our_proxies_saw(forwarded: str, proxies: int, address: str):
    assert client_address("127.0.0.1", forwarded, proxies=proxies) == address


def test_a_proxy_that_adds_a_line_of_its_own_is_heard_above_the_senders(settings):
    settings.TRUSTED_PROXIES = 1
    lines = [(b"x-forwarded-for", LIE.encode()), (b"x-forwarded-for", HERE.encode())]

    assert _address({"client": ("127.0.0.1", 5000), "headers": lines}) == HERE
