"""The one extension rule: an extension point is a folder, an extension is one file in it."""

import inspect
import pkgutil
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, TypeVar

Contract = TypeVar("Contract")

# Names a domain folder may hold for its own use; every other file in an extension point is an extension.
OWN_FILES = frozenset(
    [
        "__main__",
        "base",
        "form",
        "registry",
        "models",
        "actions",
        "alarms",
        "carried",
        "consent",
        "queries",
        "events",
        "jobs",
        "rules",
        "admin",
        "apps",
        "migrations",
        "middleware",
        "keys",
        "outages",
        "replacing",
    ]
)


def find(package: str, contract: type[Contract]) -> dict[str, type[Contract]]:
    """Name of the file (or entry point) to the class in it that fulfils the contract."""
    found: dict[str, type[Contract]] = {}
    for module in pkgutil.iter_modules(import_module(package).__path__):
        if module.name not in OWN_FILES:
            found[module.name] = _class_in(import_module(f"{package}.{module.name}"), contract)
    for entry in entry_points(group=package):
        found[entry.name] = entry.load()
    for name, extension in found.items():
        extension.kind = name  # type: ignore[attr-defined]
    return dict(sorted(found.items()))


def _class_in(module: Any, contract: type[Contract]) -> type[Contract]:
    for _, candidate in inspect.getmembers(module, inspect.isclass):
        ours = candidate.__module__.startswith(module.__name__)
        if issubclass(candidate, contract) and candidate is not contract and ours:
            return candidate
    raise TypeError(f"{module.__name__} holds no {contract.__name__}.")
