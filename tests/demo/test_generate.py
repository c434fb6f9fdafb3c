import os
import re
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta

import phonenumbers
import pytest
from stdnum.pl import nip

from opieka.demo import generate, shelf, words
from opieka.demo.screenplay import stories

RECORDED = "73b9776b8698259a976963aeaace8433521b5d904702e1fa09b77bfcdb70d899"
"""The world of the default seed and anchor. A change of the lists, phrases or articles changes it: record it anew."""


@pytest.fixture(scope="module")
def world():
    return generate.world()


@pytest.fixture(scope="module")
def messages(world):
    return [message for talk in world["conversations"] for message in talk["messages"]]


def dumped_elsewhere(hash_seed):
    code = "from opieka.demo.generate import dump; print(dump())"
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_two_processes_make_the_recorded_world_byte_for_byte():
    assert dumped_elsewhere("1") == dumped_elsewhere("2") == RECORDED


def test_another_seed_makes_another_world_of_the_same_size(world):
    other = generate.world(seed=7)
    assert {kind: len(rows) for kind, rows in other.items() if kind not in ("payments", "shipments", "surveys")} == {
        kind: len(rows) for kind, rows in world.items() if kind not in ("payments", "shipments", "surveys")
    }
    assert other["customers"][100]["name"] != world["customers"][100]["name"]


def test_everything_moves_with_the_anchor():
    later = generate.ANCHOR + timedelta(days=100)
    newest = max(talk["created"] for talk in generate.world(anchor=later)["conversations"])
    assert later - datetime.fromisoformat(newest) < timedelta(hours=2)


def test_the_volumes_are_those_of_a_small_shop_after_two_years(world, messages):
    sizes = {kind: len(rows) for kind, rows in world.items()}
    assert sizes["customers"] == 2_000
    assert sizes["products"] == 180
    assert sum(len(product["variants"]) for product in world["products"]) == 420
    assert sizes["orders"] == 6_400
    assert sizes["agents"] == 14
    assert sizes["teams"] == 4
    assert sum(row["language"] == "pl" for row in world["articles"]) == 70
    assert sizes["conversations"] == 5_200
    assert 23_000 <= sum(message["kind"] != "event" for message in messages) <= 25_000


def test_nothing_happens_after_the_anchor(world, messages):
    end = "2026-11-16T08:00:00Z"
    assert max(message["at"] for message in messages) < end
    assert max(row["placed"] for row in world["orders"]) < end
    assert max(event["at"] for row in world["shipments"] for event in row["events"]) <= end


def test_messages_of_a_conversation_are_in_order(world):
    for talk in world["conversations"]:
        times = [message["at"] for message in talk["messages"]]
        assert times == sorted(times), talk["number"]


def test_addresses_can_belong_to_nobody(world):
    for row in world["customers"] + world["agents"]:
        domain = row["email"].partition("@")[2]
        assert domain in ("example.com", "example.net", "example.org") or domain.endswith(".test"), row["email"]
    said = " ".join(message["text"] for talk in world["conversations"] for message in talk["messages"])
    for domain in re.findall(r"[\w.]+@([\w.-]+\w)", said):
        assert domain.startswith("example.") or domain.endswith(".test"), domain


def test_numbers_have_right_check_digits(world):
    numbers = [row["nip"] for row in world["customers"] if row["nip"]]
    assert len(numbers) > 300
    assert all(nip.is_valid(number) and number.startswith("999") for number in numbers)
    assert all(phonenumbers.is_possible_number(phonenumbers.parse(row["phone"])) for row in world["customers"])


def test_customers_are_mixed_as_in_a_real_shop(world):
    kinds = Counter(row["kind"] for row in world["customers"])
    assert 0.78 < kinds["person"] / 2_000 < 0.86
    assert 0.04 < sum(row["language"] != "pl" for row in world["customers"]) / 2_000 < 0.08
    assert 0.02 < sum(row["duplicate_of"] is not None for row in world["customers"]) / 2_000 < 0.045
    assert 0.42 < sum(row["consents"]["email"] for row in world["customers"]) / 2_000 < 0.5


def test_the_inbox_is_alive_on_the_anchors_morning(world):
    active = [row for row in world["conversations"] if row["status"] in ("open", "waiting")]
    assert len(active) == 31
    assert sum(row["assignee"] == "ola-krawczyk" for row in active) == 12
    assert sum(row["assignee"] is None for row in active) == 5
    assert sum(row["status"] == "snoozed" for row in world["conversations"]) == 4


def test_every_quotation_is_in_its_article_letter_for_letter(world, messages):
    bodies = {row["slug"]: row["body"] for row in world["articles"] if row["language"] == "pl"}
    quoted = [message for message in messages if message.get("quote")]
    assert len(quoted) > 1_500
    for message in quoted:
        quote = message["quote"]
        assert bodies[message["article"]][quote["start"] : quote["end"]] == quote["text"]


def test_the_assistant_never_speaks_after_a_person_joined(world):
    for talk in world["conversations"]:
        joined = False
        for message in talk["messages"]:
            joined = joined or (message["author"] == "agent" and message["kind"] == "reply")
            assert not (joined and message["author"] == "assistant"), talk["number"]


def test_no_internal_article_is_quoted_to_a_customer(world, messages):
    internal = {row["slug"] for row in world["articles"] if row["visibility"] == "internal"}
    assert not internal & {message.get("article") for message in messages}


def test_no_slot_is_left_open(messages):
    for message in messages:
        assert not re.search(r"\{\w*\}|<\w*\|\w*>| @[a-z]", message["text"]), message["text"]


def test_every_golden_story_is_told_or_says_what_it_waits_for():
    from opieka.demo.lists import HERE

    absent = (HERE / "stories" / "absent.toml").read_text(encoding="utf-8")
    told = {story.key[:3] for story in stories()} | set(re.findall(r"^S\d\d", absent, re.MULTILINE))
    assert {f"S{number:02d}" for number in range(1, 27)} <= told


def test_there_are_four_hundred_phrases_and_each_tag_leads_somewhere():
    found = words.scenarios()
    seen = set()
    count = 0
    for scenario in (found.pick(generate.asked.rng_for(0, "any", number)) for number in range(3_000)):
        if scenario.key not in seen:
            seen.add(scenario.key)
            count += sum(len(part) for part in scenario.parts.values())
    assert count > 400


def test_five_articles_are_deliberately_out_of_date(world):
    stale = [row for row in world["articles"] if row["review_on"] < "2026-11-01" and row["language"] == "pl"]
    assert len(stale) == 5
    assert any("ec.europa.eu/consumers/odr" in row["body"] for row in stale)
    assert any("30 dni" in row["body"] and "eklamac" in row["body"] for row in stale)


def test_questions_are_asked_in_other_words_than_the_title():
    for row in shelf.articles(generate.SEED, generate.ANCHOR):
        title = set(re.findall(r"\w{4,}", row["title"].lower()))
        assert 2 <= len(row["questions"]) <= 6
        for question in row["questions"]:
            assert not title & set(re.findall(r"\w{4,}", question.lower())), (row["slug"], question)
