"""HTML from strangers: made harmless for display, and read as plain text.

What comes out of `sanitise` is still shown only inside a sandboxed frame; this is the first of two walls.
"""

import re
import threading
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from html import unescape
from html.parser import HTMLParser
from typing import Any

LONGEST = 2_000_000
DEEPEST = 400

TAGS = frozenset(
    "a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del div dl dt em figcaption figure font "  # noqa: SIM905
    "footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre q s samp section small span strike strong "
    "sub sup table tbody td tfoot th thead time tr tt u ul var wbr".split()
)
EMPTIED = frozenset("script style title head noscript template iframe object embed svg math textarea select".split())  # noqa: SIM905
STYLES = frozenset(
    "background-color border border-bottom border-collapse border-color border-left border-radius border-right "  # noqa: SIM905
    "border-spacing border-style border-top border-width color direction display font-family font-size font-style "
    "font-weight height line-height margin margin-bottom margin-left margin-right margin-top max-width padding "
    "padding-bottom padding-left padding-right padding-top text-align text-decoration text-indent text-transform "
    "vertical-align white-space width word-break".split()
)
ATTRIBUTES = {
    "*": {"style", "dir", "lang", "align", "valign", "bgcolor", "width", "height", "title"},
    "a": {"href", "name"},
    "img": {"src", "alt"},
    "font": {"color", "face", "size"},
    "table": {"border", "cellpadding", "cellspacing", "summary"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value"},
}
INLINE_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,", re.IGNORECASE)
LINK = re.compile(r"\s*(?:https?|mailto|tel):", re.IGNORECASE)
REMOTE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
NAMED_ONLY = "remote:"
# In what nh3 wrote: every attribute in double quotes, no bare > inside.
REMOTE_PICTURE = re.compile(r'<img\b[^<>]*?\bsrc="remote:(?P<address>[^"]*)"[^<>]*>')
NAMED = re.compile(r'(?P<before>\s)src="remote:(?P<address>[^"]*)"')
PIXEL = 3
SIZE = re.compile(r"""(?<![-\w])(?:width|height)(?:="|:\s*)([\d.]+)(?:px)?\s*(?=[";])""")
HIDDEN = re.compile(r"display:\s*none|(?<![-\w])(?:width|height)(?:=\"|:\s*)0(?:px)?\s*[\";]")


@dataclass(frozen=True, kw_only=True)
class Clean:
    """Harmless HTML, and the addresses of the remote pictures it only names, as `src="remote:https://…"`.

    `pixels` are those among them that are too small to be seen: they tell the sender when a letter is read.
    """

    html: str
    remote_pictures: tuple[str, ...] = ()
    pixels: tuple[str, ...] = ()


def sanitise(html: str) -> Clean:
    """Keep what makes a letter readable. Scripts, forms, frames and remote pictures go; `cid:` pictures stay.

    HTML that only an attacker writes, nested too deeply, comes back empty: reading its text is then enough. What has
    been sanitised comes out as it was.
    """
    html = html[:LONGEST]
    if too_deep(html):
        return Clean(html="")
    remote: dict[str, None] = {}
    _seen.remote = remote
    clean: str = _cleaner().clean(html)
    unseen = (found for found in REMOTE_PICTURE.finditer(clean) if _unseen(found[0])) if remote else ()
    pixels = {unescape(found["address"]) for found in unseen}
    return Clean(
        html=clean,
        remote_pictures=tuple(remote),
        pixels=tuple(address for address in remote if address in pixels),
    )


_seen = threading.local()
"""The remote pictures of what this thread is cleaning."""


def _keep(_tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if LINK.match(value) else None
    if name != "src":
        return value
    if value.lower().startswith("cid:") or INLINE_PICTURE.match(value):
        return value
    address = value.removeprefix(NAMED_ONLY).strip()
    if not REMOTE.match(address):
        return None
    address = f"https:{address}" if address.startswith("//") else address
    _seen.remote[address] = None
    return NAMED_ONLY + address


@cache
def _cleaner() -> Any:
    """Made once: to be told all that is allowed takes it longer than to clean a letter."""
    import nh3

    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(EMPTIED),
        attributes=ATTRIBUTES,
        attribute_filter=_keep,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data", "remote"},
        filter_style_properties=set(STYLES),
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
    )


def _unseen(tag: str) -> bool:
    """Whether this picture is a point, or hidden: nobody is meant to look at it."""
    if HIDDEN.search(tag):
        return True
    sizes = [float(found[1]) for found in SIZE.finditer(tag)]
    return bool(sizes) and max(sizes) <= PIXEL


def with_remote_pictures(clean_html: str, *, shown: bool, never: Collection[str] = ()) -> str:
    """What `sanitise` gave, with its remote pictures loaded, or left out; those in `never` are always left out."""
    left_out = frozenset(never)

    def decide(found: re.Match[str]) -> str:
        wanted = shown and unescape(found["address"]) not in left_out
        return f'{found["before"]}src="{found["address"]}"' if wanted else found["before"]

    return REMOTE_PICTURE.sub(lambda tag: NAMED.sub(decide, tag[0]), clean_html)


UNNESTED = frozenset("area base br col dd dt hr img input li link meta option p param source td th tr wbr".split())  # noqa: SIM905


MANY_ATTRIBUTES = re.compile(r"<[a-zA-Z][^<>\s/]*+(?:[\s/]++[^<>\s/]++){1000}")


def too_deep(html: str) -> bool:
    """Whether tags are nested, or a tag is furnished, as no letter ever is: parsers slow down by the square of it."""
    if MANY_ATTRIBUTES.search(re.sub(r"data:[^\"'\s<>]++", "", html)):
        return True
    depth = 0
    for found in re.finditer(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)", html):
        if found[2].lower() in UNNESTED:
            continue
        depth = max(0, depth - 1) if found[1] else depth + 1
        if depth > DEEPEST:
            return True
    return False


BLOCKS = frozenset(
    "address blockquote center div dl dd dt figure footer form h1 h2 h3 h4 h5 h6 header hr li main ol pre section "  # noqa: SIM905
    "table tr ul".split()
)
SPACED = frozenset("p h1 h2 h3 h4 h5 h6 table ul ol blockquote".split())  # noqa: SIM905

TAG = re.compile(r"<[^<>]*>")
# Gmail's and Outlook's button "indent" makes such blockquotes.
INDENTED = re.compile(r"(?i)(?:^|;)\s*border(?:-left)?\s*:\s*(?:none|0(?:px)?)\s*(?:;|$)")


class _Reader(HTMLParser):
    """Collects lines; a quotation gets a "> " for each level, as in plain mail."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line = ""
        # One for each open blockquote: 1 where it marks a quotation, 0 where it only indents.
        self.quotes: list[int] = []
        self.preformatted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._end_line()
            return
        if tag in BLOCKS or tag in SPACED:
            self._end_block(spaced=tag in SPACED)
        if tag == "blockquote":
            self.quotes.append(0 if INDENTED.search(dict(attrs).get("style") or "") else 1)
        elif tag == "pre":
            self.preformatted += 1
        elif tag == "li":
            self.line = "- "
        elif tag in {"td", "th"} and self.line.strip():
            self.line += " "

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS or tag in SPACED:
            self._end_block(spaced=tag in SPACED)
        if tag == "blockquote":
            del self.quotes[-1:]
        elif tag == "pre":
            self.preformatted = max(0, self.preformatted - 1)

    def handle_data(self, data: str) -> None:
        if self.preformatted:
            first, *rest = data.split("\n")
            self.line += first
            for line in rest:
                self._end_line()
                self.line = line
            return
        # A non-breaking space stays one; every other run of white space is one space.
        text = re.sub(r"[ \t\r\n\f]+", " ", data)
        self.line += text.lstrip(" ") if not self.line or self.line.endswith(" ") else text

    def _end_line(self) -> None:
        self.lines.append(("> " * sum(self.quotes) + self.line.rstrip(" ")).rstrip(" ") if self.line.strip(" ") else "")
        self.line = ""

    def _end_block(self, *, spaced: bool) -> None:
        if self.line.strip(" "):
            self._end_line()
        self.line = ""
        if spaced and self.lines and self.lines[-1]:
            self.lines.append("")

    def text(self) -> str:
        self._end_block(spaced=False)
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip("\n")


def text_of(clean_html: str) -> str:
    """The plain text of HTML that `sanitise` has made well-formed, quotations marked with "> "."""
    reader = _Reader()
    reader.feed(clean_html)
    reader.close()
    return reader.text()


def longest_text_of(clean_html: str) -> int:
    """How many signs `text_of` can give at the most, told without reading: it costs a tenth.

    Each tag begins at most two lines and an item of a list; each line has a mark for every quotation it may stand in.
    """
    bare, tags = TAG.subn("", clean_html)
    quotations = clean_html.count("<blockquote")
    return len(bare) + 4 * tags + 2 * quotations * (2 * tags + bare.count("\n") + 1)


def bare_text(html: str) -> str:
    """The words of HTML that is not worth reading as HTML: tags cut out, nothing understood."""
    cut = re.sub(r"(?is)<(script|style)\b[^<>]*>[^<]{0,100000}</\1>", " ", html[:LONGEST])
    # What was cut off in the middle of a tag is no text either.
    return " ".join(unescape(re.sub(r"<[^<>]{0,10000}(?:>|$)", " ", cut)).split())
