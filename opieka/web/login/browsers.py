"""What a browser calls itself, in words a person recognises. Pure."""

from dataclasses import dataclass

# The first mark found wins: Edge and Opera also say that they are Chrome, and Chrome that it is Safari.
BROWSERS = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
]
SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
]
POCKET = {"iPhone", "iPad", "Android"}


@dataclass(frozen=True, kw_only=True)
class Browser:
    """`name` and `system` are "" when the agent says neither."""

    name: str
    system: str

    @property
    def icon(self) -> str:
        return "smartphone" if self.system in POCKET else "monitor"

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.name, self.system]))


def browser_of(user_agent: str) -> Browser:
    return Browser(name=_first(BROWSERS, user_agent), system=_first(SYSTEMS, user_agent))


def _first(marks: list[tuple[str, str]], text: str) -> str:
    return next((name for mark, name in marks if mark in text), "")
