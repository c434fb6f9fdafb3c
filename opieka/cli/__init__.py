"""The command `opieka`: one file for each command, found by its name.

A command that reports takes `--json` and then writes one JSON object, last on standard output. Whatever goes wrong
ends in a sentence on standard error and a status that is not zero.
"""

import argparse
import sys

from opieka.cli.base import Command, Trouble
from opieka.plumbing.environment import BadSetting
from opieka.plumbing.extensions import find
from opieka.plumbing.words import _

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> None:
    """Run the command that the arguments name, and end the process with its status."""
    commands = find("opieka.cli", Command)  # type: ignore[type-abstract]
    options = _parser(commands).parse_args(arguments)
    try:
        status = commands[options.command]().run(options)
    except (BadSetting, Trouble) as trouble:
        sys.stderr.write(f"{trouble}\n")
        status = 2
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:
        status = 141
    sys.stdout.flush()
    sys.exit(status)


def _parser(commands: dict[str, type[Command]]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="opieka", description=_("Customer care on your own machine."))
    chosen = parser.add_subparsers(dest="command", required=True, metavar=_("COMMAND"))
    for name, command in commands.items():
        one = chosen.add_parser(name, help=command.help, description=command.help)
        command.arguments(one)
    return parser
