"""The Polish catalogue: gather every translatable text, merge, compile. `python -m tools.words [--check]`.

Texts are found in Python by Babel and in templates through Django's own `templatize`. With `--check` nothing is
written: a text without a Polish translation, or a stale catalogue, fails.
"""

import io
import sys
from pathlib import Path

from babel.messages import catalog as babel
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale" / "pl" / "LC_MESSAGES" / "django.po"
FRAGMENTS = ROOT / "locale" / "pl" / "fragments"
KEYWORDS = {
    "gettext": None, "gettext_lazy": None, "gettext_noop": None, "_": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
PLURALS = "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"


class Catalog(babel.Catalog):
    """A catalogue that is the same whichever version of Babel wrote it, on whichever day."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        changing = {"Generated-By", "POT-Creation-Date", "PO-Revision-Date"}
        return [(name, value) for name, value in super().mime_headers if name not in changing]


def found() -> Catalog:
    """Every text of the product, with where it stands."""
    from django.utils.translation.template import templatize

    catalog = new_catalog()
    for path in sorted((ROOT / "opieka").rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "migrations" in path.parts or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            if "{%" not in text:
                continue
            # What Django makes of a template is not quite Python: its indentation means nothing.
            text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
        source = io.BytesIO(text.encode())
        for line, message, _comments, context in extract("python", source, keywords=KEYWORDS):
            catalog.add(message, locations=[(path.relative_to(ROOT).as_posix(), line)], context=context)
    return catalog


def new_catalog() -> Catalog:
    catalog = Catalog(locale="pl", project="Opieka", charset="utf-8", fuzzy=False)
    catalog._plural_expr = PLURALS.split("plural=")[1].rstrip(";")  # noqa: SLF001 - Babel offers no setter.
    catalog._num_plurals = 3  # noqa: SLF001
    return catalog


def translations() -> Catalog:
    """What has been translated: the catalogue, then fragments in the order of their names."""
    known = new_catalog()
    for path in [PO, *sorted(FRAGMENTS.glob("*.po"))]:
        if path.exists():
            with path.open("rb") as file:
                for message in read_po(file, locale="pl"):
                    if message.id and any(message.string if isinstance(message.string, tuple) else (message.string,)):
                        known[_key(message)] = message
    return known


def _key(message: Message) -> object:
    return message.id


def merged() -> Catalog:
    """Every text of the product with its Polish, in the order of the texts."""
    wanted, known = found(), translations()
    for message in wanted:
        if not message.id:
            continue
        singular = message.id[0] if isinstance(message.id, tuple) else message.id
        translated = known.get(singular, context=message.context) or known.get(singular)
        if translated is not None and isinstance(translated.string, tuple) == isinstance(message.string, tuple):
            message.string = translated.string
    return wanted


def missing(catalog: Catalog) -> list[str]:
    """Texts without a Polish translation, or without all of its plural forms."""
    lost = []
    for message in catalog:
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not all(strings):
            where = ", ".join(f"{path}:{line}" for path, line in message.locations[:2])
            lost.append(f"{message.id!r} ({where})")
    return lost


def rendered(catalog: Catalog) -> tuple[bytes, bytes]:
    """The text and the compiled form, which change only when texts change or move."""
    for message in catalog:
        message.locations = sorted({(path, 0) for path, _ in message.locations})
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalog, omit_header=True, sort_output=True, include_lineno=False, width=110)
    write_mo(mo, catalog)
    header = (
        'msgid ""\nmsgstr ""\n"Language: pl\\n"\n"MIME-Version: 1.0\\n"\n'
        f'"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: {PLURALS}\\n"\n\n'
    )
    return header.encode() + po.getvalue(), mo.getvalue()


def without_places(po: bytes) -> list[bytes]:
    """The catalogue without its notes of where a text stands: a text that only moved is no reason to fail."""
    return [line for line in po.splitlines() if not line.startswith(b"#:")]


def main() -> int:
    settings.configure(USE_I18N=True)
    catalog = merged()
    lost = missing(catalog)
    po, mo = rendered(catalog)
    compiled = PO.with_suffix(".mo")
    if "--check" in sys.argv:
        stale = not (PO.exists() and compiled.exists() and compiled.read_bytes() == mo) or (
            without_places(PO.read_bytes()) != without_places(po)
        )
        for text in lost:
            print(f"No Polish for {text}")
        if stale:
            print("The Polish catalogue is out of date; run `make words`.")
        return bool(lost or stale)
    PO.write_bytes(po)
    compiled.write_bytes(mo)
    print(f"{len(catalog)} texts, {len(lost)} without Polish.")
    for text in lost[:40]:
        print(f"  {text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
