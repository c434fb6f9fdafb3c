"""The compose files, read as YAML: their parts agree with each other and name only what exists."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from opieka.cli import _parser
from opieka.cli.base import Command
from opieka.plumbing.extensions import find

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
COMPOSED = ["compose.yml", "compose.scaled.yml"]
# The PostgreSQL of each Debian, and so the version of its pg_dump.
POSTGRES_OF = {"bookworm": "15", "trixie": "17"}


def services(name: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))["services"]
    return found


def test_the_image_can_back_up_the_database_it_is_composed_with():
    debian = re.match(r"FROM python:[\d.]+-slim-(\w+)", DOCKERFILE)
    assert debian, "the Dockerfile names its Debian"

    assert services("compose.scaled.yml")["postgres"]["image"] == f"postgres:{POSTGRES_OF[debian[1]]}"
    assert "postgresql-client" in DOCKERFILE


@pytest.mark.parametrize("name", COMPOSED)
def test_every_setting_of_a_compose_file_exists(name: str):
    known = set(re.findall(r"\"(OPIEKA_[A-Z_]+)\"", (ROOT / "opieka" / "settings.py").read_text(encoding="utf-8")))
    named = {
        setting
        for service in services(name).values()
        for setting in service.get("environment", {})
        if "OPIEKA" in setting
    }

    assert named
    assert named - known == set()


def commands(name: str) -> list[list[str]]:
    return [service["command"] for service in services(name).values() if "command" in service]


@pytest.mark.parametrize("command", [*commands("compose.yml"), *commands("compose.scaled.yml")], ids=" ".join)
def test_every_command_of_a_compose_file_can_be_run(command: list[str]):
    parser = _parser(find("opieka.cli", Command))  # type: ignore[type-abstract]

    assert command[0] == "opieka"
    assert parser.parse_args(command[1:]).command == command[1]


def test_the_command_of_the_image_can_be_run():
    command = re.findall(r'"([^"]+)"', DOCKERFILE.splitlines()[-1])
    parser = _parser(find("opieka.cli", Command))  # type: ignore[type-abstract]

    assert parser.parse_args(command[1:]).command == "run"


@pytest.mark.parametrize("name", COMPOSED)
def test_every_volume_and_every_needed_service_is_there(name: str):
    whole = yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))
    mounted = {mount.split(":")[0] for service in services(name).values() for mount in service.get("volumes", [])}
    needed = {other for service in services(name).values() for other in service.get("depends_on", [])}

    assert {mount for mount in mounted if not mount.startswith(".")} == set(whole["volumes"])
    assert all((DEPLOY / mount).exists() for mount in mounted if mount.startswith("."))
    assert needed <= set(services(name))


def test_the_proxy_hands_requests_to_services_that_listen_there():
    named = re.findall(r"reverse_proxy (\w+):(\d+)", (DEPLOY / "Caddyfile").read_text(encoding="utf-8"))

    assert named == [("live", "8001"), ("web", "8000")]
    assert {service for service, _port in named} <= set(services("compose.scaled.yml"))


@pytest.mark.parametrize("name", COMPOSED)
def test_every_part_believes_the_one_proxy_in_front_of_it(name: str):
    parts = [service for service in services(name).values() if "build" in service]

    assert {part["environment"].get("OPIEKA_TRUSTED_PROXIES") for part in parts} == {"${OPIEKA_TRUSTED_PROXIES:-1}"}
