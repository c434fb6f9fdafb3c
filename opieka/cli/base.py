"""The contract of a command: a line of help, its arguments, and what it does."""

import argparse
import json
import sys
from abc import ABC, abstractmethod
from typing import Any, ClassVar


class Trouble(Exception):
    """The command cannot go on; the text is a sentence for the operator."""


class Command(ABC):
    """`help` is one line. The file's name is the command's name."""

    kind: ClassVar[str]
    help: ClassVar[str]

    @classmethod  # noqa: B027 - Many commands take nothing.
    def arguments(cls, parser: argparse.ArgumentParser) -> None:
        """Add what the command takes."""

    @abstractmethod
    def run(self, options: argparse.Namespace) -> int:
        """Do it; the status for the shell, 0 when all is well. Raises Trouble or BadSetting."""


def start_django() -> None:
    """Read the settings and make the product usable. Raises BadSetting for a setting that cannot be used."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opieka.settings")
    import django
    from django.utils import translation

    from opieka.plumbing.words import language

    django.setup(set_prefix=False)
    translation.activate(language())


def report(result: dict[str, Any], *, as_json: bool, text: str = "") -> None:
    """The result: one JSON object when asked for, else `text`, else a line for each figure."""
    if as_json:
        sys.stdout.write(json.dumps(result, ensure_ascii=False, default=str) + "\n")
    else:
        sys.stdout.write((text or "\n".join(f"{name}: {value}" for name, value in result.items())) + "\n")
