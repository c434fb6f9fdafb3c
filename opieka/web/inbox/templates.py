"""Reply templates as the composer offers them: filled in for the very conversation in front of the agent."""

import re
from typing import Any

from django.http import HttpRequest

from opieka.accounts.models import Membership
from opieka.accounts.rules import ANSWER, may
from opieka.conversations import queries
from opieka.conversations.models import Conversation
from opieka.conversations.variables import VARIABLES, WRITTEN, fill
from opieka.helpdesk.queries import templates_of
from opieka.web.inbox import asked

MOST = 20


def offered(request: HttpRequest, member: Membership, words: str) -> list[dict[str, Any]]:
    """Each with its text as it would be sent; `empty` are the labels of variables that have no value here."""
    conversation = _in_front(request, member)
    if conversation is None or not may(member.role, ANSWER):
        return []
    found = []
    for template in templates_of(member, words)[:MOST]:
        text = fill(template.text, conversation, by=member)
        left = [name for name in dict.fromkeys(WRITTEN.findall(text)) if name in VARIABLES]
        found.append({"name": template.name, "text": text, "empty": [VARIABLES[name].label for name in left]})
    return found


def _in_front(request: HttpRequest, member: Membership) -> Conversation | None:
    number = re.fullmatch(r"/conversations/(\d{1,12})/", asked.path_in_front(request))
    return queries.by_number(member, int(number[1])) if number else None
