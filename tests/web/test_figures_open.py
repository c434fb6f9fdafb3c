"""Promise 7: every figure on the page opens the rows it was counted from, and counting those gives the figure again."""

import csv
import io
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client

from opieka.assistant.models import Decision
from opieka.conversations.models import Author, Conversation, Delivery, Kind, Message, Speaker, Status
from opieka.insight.actions import recount
from opieka.insight.measures import measures
from opieka.insight.measures.base import Row
from opieka.surveys.models import Survey
from opieka.web.figures.words import written
from tests.web.dom import Element, read
from tests.world import World

NOW = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)
CHANNELS, TOPICS = ("console", "email", "webchat"), ("", "returns", "delivery")


class Story:
    """A week of a shop, drawn by lot: who wrote, who answered and when, what was settled, asked and rated."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.lot = world, random.Random(seed)
        self.people = [world.piotr, world.ola]
        for number in range(1, 41):
            self._tell(number)
        recount(world.shop)

    def _tell(self, number: int) -> None:
        lot, at = self.lot, NOW - timedelta(minutes=self.lot.randrange(5, 8 * 24 * 60))
        conversation = Conversation.objects.create(
            organisation=self.world.shop, number=number, inbox=self.world.inbox, channel=lot.choice(CHANNELS),
            customer=self.world.anna, topic=lot.choice(TOPICS), created_at=at, last_message_at=at, subject="Sprawa",
            status=lot.choice([Status.OPEN, Status.WAITING]), speaker=lot.choice([Speaker.QUEUE, Speaker.PERSON]),
            assignee=lot.choice([None, None, self.world.piotr]), waiting_since=lot.choice([None, at]),
        )  # fmt: skip
        asked = self._message(conversation, at, author=Author.CUSTOMER)
        self._decide(asked)
        by = lot.choice([None, *self.people])
        if by:
            at += timedelta(minutes=lot.randrange(1, 600))
            reply = self._message(conversation, at, author=Author.AGENT, member=by)
            state = lot.choice(["accepted", "accepted", "failed"])
            Delivery.objects.create(
                organisation=self.world.shop, message=reply, state=state, not_before=at, idempotency_key=f"r-{reply.pk}"
            )
        if lot.random() < 0.7:
            self._settle(conversation, at + timedelta(minutes=lot.randrange(1, 600)), by)

    def _settle(self, conversation: Conversation, at: datetime, by: Any) -> None:
        who = "agent" if by else "assistant"
        done = {"verb": "resolved", "who": who}
        self._message(conversation, at, author=Author.SYSTEM, kind=Kind.EVENT, extra=done, member=by)
        score = self.lot.choice([None, None, 1, 4, 5])
        Survey.objects.create(
            organisation=self.world.shop, kind="csat", conversation=conversation, customer=self.world.anna, score=score,
            token_hash=f"t-{conversation.pk}", asked_at=at, expires_at=at + timedelta(days=14),
            answered_at=at + timedelta(hours=self.lot.randrange(1, 30)) if score else None,
        )  # fmt: skip

    def _message(self, conversation: Conversation, at: datetime, **fields: Any) -> Message:
        return Message.objects.create(
            organisation=self.world.shop, conversation=conversation, created_at=at, text="…", **fields
        )

    def _decide(self, about: Message) -> None:
        outcome, helpful = self.lot.choice(["answer", "offer", "hand over", "silent"]), self.lot.choice([None, False])
        made = Decision.objects.create(
            organisation=self.world.shop, conversation=about.conversation, about=about, outcome=outcome, helpful=helpful,
            rule="tried", engine="echo",
        )  # fmt: skip
        Decision.objects.filter(pk=made.pk).update(created_at=about.created_at)


class Reader:
    """Somebody who opens pages at that moment."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def page(self, address: str) -> Element:
        return read(self._get(address).content.decode())

    def sheet(self, address: str) -> list[dict[str, str]]:
        text = self._get(f"{address}&format=csv").content.decode().removeprefix("\ufeff")
        names = ["conversation", "time", "value", "channel", "fact", "person"]
        return list(csv.DictReader(io.StringIO(text), names, delimiter=";"))[1:]

    def _get(self, address: str) -> Any:
        with time_machine.travel(NOW, tick=False):
            response = self.client.get(address)
        assert response.status_code == 200, address
        return response


@pytest.fixture(params=range(3))
def reader(client: Client, world: World, request: pytest.FixtureRequest) -> Reader:
    Story(world, request.param)
    client.force_login(world.marek.user)
    return Reader(client)


def figures_in(page: Element) -> Iterator[tuple[str, str]]:
    """Every address of a figure on a page, with the number that stands in its link or, where none does, beside it."""
    for link in page.find("a"):
        address = link.attributes.get("href", "")
        if not re.match(r"/figures/\w", address):
            continue
        place = link if re.search(r"[\d–]", link.text) else link.around("article", "tr")
        assert place
        inner = [*place.find(css="tile-number"), *place.find(css="number"), *place.find("b")]
        text = inner[0].text if inner else place.text
        yield address, bare(text if text[0] in "–0123456789" else "".join(re.findall(r"\d+", text)))


def bare(text: str) -> str:
    return "".join(text.split())


def recounted(address: str, sheet: list[dict[str, str]]) -> str:
    """The figure as counted from its exported rows."""
    kind = urlsplit(address).path.split("/")[2]
    rows = [
        Row(at=NOW, value=float(row["value"].replace(",", ".")), conversation_id=int(row["conversation"]), label="",
            member_id=None, channel=row["channel"], name=row["fact"])
        for row in sheet
    ]  # fmt: skip
    if kind == "assistant":
        return str(len(rows))
    return bare(str(written(measures()[kind].figure(rows).value, measures()[kind].unit)))


def opens_what_it_says(reader: Reader, address: str, number: str) -> None:
    opened, sheet = reader.page(address), reader.sheet(address)
    said = bare(opened.find(css="tile-number")[0].text)
    rows = [row for row in opened.find("table")[-1].find("tr")[1:] if row.find(css="number")]
    n = re.search(r"n=(\d+)", opened.find(css="headline")[0].text)
    assert n
    assert (number, recounted(address, sheet)) == (said, said), address
    assert len(rows) == len(sheet) == int(n[1]), address


@pytest.mark.proves(138)
def test_every_figure_on_the_page_opens_its_rows_and_they_count_to_it_again(reader: Reader):
    found = dict(figures_in(reader.page("/figures/?days=7")))

    kinds = {urlsplit(address).path for address in found}
    assert kinds == {f"/figures/{kind}/" for kind in (*measures(), "assistant")}
    cuts = {name for address in found for name in parse_qs(urlsplit(address).query, keep_blank_values=True)}
    assert cuts == {"days", "day", "channel", "topic", "weekday", "hour", "outcome"}
    for address, number in found.items():
        opens_what_it_says(reader, address, number)


@pytest.mark.proves(138)
def test_a_rating_parts_into_people_and_topics_that_open_theirs(reader: Reader):
    found = dict(figures_in(reader.page("/figures/csat/?days=7")))

    cuts = {name for address in found for name in parse_qs(urlsplit(address).query, keep_blank_values=True)}
    assert {"member", "topic"} <= cuts
    for address, number in found.items():
        if "?" in address and address.count("&"):
            opens_what_it_says(reader, address, number)


def test_who_waits_unattended_are_as_many_as_the_list_that_the_alarm_opens(reader: Reader):
    alarm = reader.page("/figures/?days=7").find(css="alarm")[0]

    listed = reader.page(alarm.find("a")[0].attributes["href"]).find(css="list-row")

    number = re.match(r"\d+", alarm.find(css="tile-number")[0].text)
    assert number
    assert len(listed) == int(number[0]) > 0
