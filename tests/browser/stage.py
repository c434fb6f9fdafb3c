"""The stage of the browser tests: the whole product in one process of its own, with the world of tests/world.py.

`python -m tests.browser.stage PORT HOME` serves on that port, and runs whatever Python the tests send on standard
input, one JSON string a line; each answer is one JSON line: {"value": ...} or {"error": "traceback"}.
"""

import ast
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any


def prepare(home: str) -> None:
    os.environ |= {
        "OPIEKA_HOME": home,
        "OPIEKA_FILES_URL": f"disk:{home}/files",
        "OPIEKA_ENCODER": "hashing",
        "OPIEKA_LIVE_URL": "memory:",
        "OPIEKA_JOBS_URL": "threads:",
        "OPIEKA_UNDO_SECONDS": "1",
        "OPIEKA_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "opieka.settings",
    }
    import django

    django.setup(set_prefix=False)


def serve(port: int) -> Callable[[], int]:
    """Serve in the background; what comes back cuts every live link and says how many there were."""
    from opieka.asgi import Application
    from opieka.plumbing.jobs.background import Background
    from opieka.plumbing.server import serve as serve_forever

    application = Application(background=Background(workers=1))
    threading.Thread(target=lambda: serve_forever(application, host="127.0.0.1", port=port), daemon=True).start()

    def cut() -> int:
        links = list(application.live.hub) if application.live else []
        for link in links:
            link.closed.get_loop().call_soon_threadsafe(link.end, 1012, "Cut by a test.")
        return len(links)

    return cut


def run(source: str, names: dict[str, Any]) -> Any:
    """Run the lines; the value of the last one, when it is an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<test>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<test>", "eval"), names) if last else None


def scenery() -> dict[str, Any]:
    """The names every line of a test may use."""
    from django.db import IntegrityError, transaction
    from django.test import Client

    from opieka.channels.base import Inbound
    from opieka.channels.console import Console
    from opieka.conversations import actions, lists, models, queries
    from opieka.helpdesk import actions as helpdesk
    from opieka.helpdesk.models import Presence
    from opieka.plumbing.models import JobRow
    from tests.world import hash_quickly, make_world

    hash_quickly()
    world = make_world()

    def login(name: str) -> str:
        client = Client()
        user = getattr(world, name).user
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client.cookies["sessionid"].value

    def clear() -> None:
        # What workers and pages of the last test are still doing about these conversations has to end first.
        while JobRow.objects.filter(state="running").exists():
            time.sleep(0.02)
        JobRow.objects.all().delete()
        for patience in range(20):
            try:
                models.Conversation.objects.all().delete()
                break
            except IntegrityError:
                if patience == 19:
                    raise
                time.sleep(0.1)
        Presence.objects.all().delete()
        Console.sent.clear()

    def write(text: str, conversation: Any = None, **fields: Any) -> Any:
        """Anna writes: in that conversation (or its number), else in a new one that waits for a person."""
        if isinstance(conversation, int):
            conversation = models.Conversation.objects.get(number=conversation)
        external = f"w{models.Message.objects.count()}-{models.Conversation.objects.count()}-{len(text)}"
        inbound = Inbound(external_id=external, sender="anna", text=text, **fields)
        with transaction.atomic():
            message = actions.receive(world.inbox, inbound, customer=world.anna, conversation=conversation)
            # The assistant has tests of its own; here it is to stay silent.
            actions.ask_for_person(message.conversation)
        return message.conversation

    def held(text: str, by: str = "piotr", **fields: Any) -> int:
        """The number of a new conversation that this agent holds; no assistant meddles with it."""
        conversation = write(text, **fields)
        actions.join(conversation, getattr(world, by))
        return int(conversation.number)

    return {
        "world": world,
        "actions": actions,
        "lists": lists,
        "queries": queries,
        "helpdesk": helpdesk,
        "models": models,
        "Console": Console,
        "login": login,
        "clear": clear,
        "write": write,
        "held": held,
        "one": lambda number: models.Conversation.objects.get(number=number),
    }


def main() -> None:
    port, home = int(sys.argv[1]), sys.argv[2]
    answers = sys.stdout
    sys.stdout = sys.stderr
    prepare(home)
    names = scenery()
    names["cut"] = serve(port)
    for line in sys.stdin:
        try:
            answer = {"value": run(json.loads(line), names)}
        except BaseException:  # noqa: BLE001 - whatever goes wrong is told to the test.
            answer = {"error": traceback.format_exc()}
        answers.write(json.dumps(answer, default=str) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
