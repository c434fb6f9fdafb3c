"""A page as a tree, as far as a test needs one: elements, their classes, and the text in them."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Optional

VOID = {"area", "br", "circle", "col", "hr", "img", "input", "link", "meta", "path", "rect", "source", "wbr"}


class Element:
    def __init__(self, tag: str, attributes: dict[str, str], parent: Optional["Element"]) -> None:
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.inside: list[Element | str] = []

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    @property
    def text(self) -> str:
        parts = (one if isinstance(one, str) else one.text for one in self.inside)
        return " ".join("".join(parts).replace("\xa0", " ").split())

    def all(self) -> Iterator["Element"]:
        for one in self.inside:
            if isinstance(one, Element):
                yield one
                yield from one.all()

    def find(self, tag: str = "", css: str = "") -> list["Element"]:
        return [one for one in self.all() if tag in {"", one.tag} and (not css or css in one.classes)]

    def around(self, *tags: str) -> Optional["Element"]:
        """The nearest element about this one with such a tag."""
        outer = self.parent
        while outer is not None and outer.tag not in tags:
            outer = outer.parent
        return outer


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.inside.append(made)
        if tag not in VOID:
            self.here = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.inside.append(Element(tag, {name: value or "" for name, value in attrs}, self.here))

    def handle_endtag(self, tag: str) -> None:
        outer: Element | None = self.here
        while outer is not None and outer.tag != tag:
            outer = outer.parent
        if outer is not None and outer.parent is not None:
            self.here = outer.parent

    def handle_data(self, data: str) -> None:
        self.here.inside.append(data)


def read(html: str) -> Element:
    reader = _Reader()
    reader.feed(html)
    return reader.root
