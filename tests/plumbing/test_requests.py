"""What the log and the figures say of a request."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from django.test import Client

from opieka.plumbing import logs
from opieka.plumbing.metrics import figures
from tests.world import World

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    """What was logged since `logs.set_up()`, as dictionaries."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    root.handlers = handlers
    root.setLevel(level)


def test_a_request_is_logged_by_its_route_and_never_by_its_address(client: Client, world: World, lines: Lines):
    logs.set_up()
    client.get("/pomoc/szukaj/?q=anna@kowalska.pl", HTTP_USER_AGENT="Mozilla")

    line = next(line for line in lines() if line["event"] == "request")
    assert line["method"] == "GET"
    assert str(line["route"]).startswith("pomoc/")
    assert "kowalska" not in json.dumps(line)
    assert float(str(line["ms"])) > 0


def test_every_answer_bears_the_id_that_its_lines_bear(client: Client, world: World, lines: Lines):
    logs.set_up()
    own = client.get("/pomoc/")
    given = client.get("/pomoc/", HTTP_X_REQUEST_ID="proxy-1234567890")
    forged = client.get("/pomoc/", HTTP_X_REQUEST_ID='"><script>\n')

    ids = [line["request_id"] for line in lines() if line["event"] == "request"]
    assert ids == [own["X-Request-ID"], "proxy-1234567890", forged["X-Request-ID"]]
    assert given["X-Request-ID"] == "proxy-1234567890"
    assert "<" not in forged["X-Request-ID"]


def test_the_figures_count_by_route(client: Client, world: World):
    client.get("/pomoc/")
    client.get("/no/such/page/anna@kowalska.pl")

    text = figures().decode()

    assert 'opieka_requests_total{method="GET",route="pomoc/",status="200"}' in text
    assert 'route="unknown",status="404"' in text
    assert "kowalska" not in text


def test_pages_get_nothing_of_the_visitors_devices(client: Client, world: World):
    assert "camera=()" in client.get("/pomoc/")["Permissions-Policy"]


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("mail from anna.kowalska+sklep@example.co.uk failed", "anna.kowalska"),
        ("call +48 601 234 567 now", "601 234 567"),
        ("call 601234567", "601234567"),
        ("PESEL 44051401359", "44051401359"),
        ("IBAN PL61 1090 1014 0000 0712 1981 2874", "1090 1014 0000"),
        ("GET /x?token=abc123&y=1", "abc123"),
        ("password='hunter2'", "hunter2"),
        ("key sk_live_4eC39HqLyjWDarjtT1zdp7dcAbCd", "4eC39HqLyjWDarjtT1zdp7dc"),
    ],
)
def test_what_names_a_person_or_opens_a_door_is_hidden(said: str, hidden: str):
    assert hidden not in logs.without_personal_data(said)


@pytest.mark.parametrize(
    "said",
    ["conversation 812 changed", "2026-11-24T11:16:32.315843Z", "took 12.5 ms", "opieka.conversations.actions.deliver"],
)
def test_what_helps_to_find_a_fault_stays(said: str):
    assert logs.without_personal_data(said) == said


def test_a_field_with_a_telling_name_is_hidden_whatever_it_holds(lines: Lines):
    logs.set_up()
    structlog.get_logger("opieka.test").warning(
        "it", authorization="x", nested={"api_key": "y"}, to="anna@example.com", n=812
    )

    line = lines()[-1]
    assert (line["authorization"], line["nested"], line["to"], line["n"]) == ("[…]", {"api_key": "[…]"}, "[…]", 812)
