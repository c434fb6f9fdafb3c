"""Reads the conversations of `stories/`, written like a play, into plain data.

A story begins with "@@ key channel"; "name: value" lines follow, then lines of "when who: text". Times are counted
from the anchor: "-58m" and "+7h" from its minute, "-3d 15:10" from its day.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from opieka.demo.lists import HERE
from opieka.demo.working_time import at

_HEAD = re.compile(r"^(customer|subject|status|snoozed|assignee|team|topic|tags|order|parcel|returned|unread): (.*)$")
_LINE = re.compile(
    r"^(?P<when>[-+]\d+[mhd](?: \d\d:\d\d)?) (?P<who>[\w-]+(?:/\w+)?)"
    r"(?: (?P<for>[a-z-]+(?: [a-z-]+)*))?(?: !(?P<mark>\w+))?(?: \[(?P<with>[^\]]+)\])?(?:: (?P<text>.*))?$"
)
_CUSTOMER = re.compile(r"^(?P<name>.+) <(?P<email>[^>]+)> (?P<gender>[fmc]) (?P<phone>\+\d+) (?P<city>.+)$")
_WHEN = re.compile(r"^([-+]\d+)([mhd])(?: (\d\d):(\d\d))?$")


@dataclass(frozen=True)
class Line:
    """One thing said or done. `who` is customer, assistant, note, event or an agent's slug."""

    when: str
    who: str
    channel: str
    about: str
    mark: str
    attached: tuple[str, ...]
    text: str


@dataclass
class Story:
    """One conversation of the screenplay with its heads ("subject", "status", ...) and lines."""

    key: str
    channel: str
    heads: dict[str, str] = field(default_factory=dict)
    orders: list[tuple[int, str]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def person(self) -> dict[str, str]:
        """name, email, gender (f, m, or c for a company), phone, city."""
        found = _CUSTOMER.match(self.heads["customer"])
        if found is None:
            raise ValueError(f"Story {self.key}: the customer line cannot be read.")
        return found.groupdict()

    @property
    def tags(self) -> list[str]:
        return [tag for tag in self.heads.get("tags", "").split(", ") if tag]


@lru_cache(maxsize=1)
def stories() -> tuple[Story, ...]:
    """Every story of `stories/*.txt`, in file order."""
    files = sorted((HERE / "stories").glob("*.txt"))
    return tuple(story for file in files for story in _read(file.read_text(encoding="utf-8")))


def _read(text: str) -> Iterator[Story]:
    story: Story | None = None
    for row in text.splitlines():
        if row.startswith("@@ "):
            if story:
                yield story
            key, channel = row[3:].split()
            story = Story(key, channel)
        elif row and story and not row.startswith("#"):
            _add(story, row)
    if story:
        yield story


def _add(story: Story, row: str) -> None:
    head = _HEAD.match(row)
    line = _LINE.match(row)
    if head and head[1] == "order":
        number, product = head[2].split(" ", 1)
        story.orders.append((int(number), product))
    elif head:
        story.heads[head[1]] = head[2]
    elif line:
        story.lines.append(_line(story, line))
    else:
        raise ValueError(f"Story {story.key}: this line cannot be read: {row}")


def _line(story: Story, found: re.Match[str]) -> Line:
    who, _, channel = found["who"].partition("/")
    return Line(
        when=found["when"],
        who=who,
        channel=channel or story.channel,
        about=found["for"] or "",
        mark=found["mark"] or "",
        attached=tuple(part.strip() for part in (found["with"] or "").split(",") if part),
        text=(found["text"] or "").replace("\\n", "\n"),
    )


def moment(when: str, anchor: datetime) -> datetime:
    """The time a line names, seen from the anchor (local, aware)."""
    found = _WHEN.match(when)
    if found is None:
        raise ValueError(f"{when} is not a time of the screenplay.")
    amount, unit = int(found[1]), found[2]
    if unit != "d":
        return anchor + timedelta(minutes=amount if unit == "m" else amount * 60)
    day = anchor.date() + timedelta(days=amount)
    return at(day, int(found[3]), int(found[4])) if found[3] else anchor + timedelta(days=amount)
