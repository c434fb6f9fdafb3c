"""Finding messages by their words, in any Polish form and without diacritics, with an index of the database.

What is written through the actions is found at once. What came in another way, and what was there before there was an
index, is found once `learn_words` has been there, which the clock calls.
"""

import time
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from opieka.conversations.models import Author, Message, MessageWords
from opieka.plumbing.rows import insert_values
from opieka.plumbing.search.polish import index_text, query_tokens

LEARNT_AT_ONCE = 200
SHORTEST_BEGINNING = 3
LONGEST_READ = 100_000
IN_SQLITE = "SELECT rowid FROM conversations_words WHERE conversations_words MATCH %s"
IN_POSTGRESQL = (
    "SELECT message_id FROM conversations_messagewords WHERE to_tsvector('simple', words) @@ to_tsquery('simple', %s)"
)


def remember_words(messages: Iterable[Message]) -> None:
    """Let these messages be found by their words; each bears `words_due` false."""
    remember((one.pk, one.organisation_id, words_of(one)) for one in messages if one.text)


def remember(rows: Iterable[tuple[int, int, str]]) -> None:
    """(message, organisation, what it is found by), written at once."""
    insert_values(MessageWords, ("message_id", "organisation_id", "words"), rows)


def words_of(message: Message) -> str:
    """What it can be found by; a customer's message also by what the conversation is about."""
    subject = message.conversation.subject if message.author == Author.CUSTOMER else ""
    return found_by(message.organisation_id, subject, message.text)


def found_by(organisation_id: int, subject: str, text: str) -> str:
    """The tokens of a message as they are kept."""
    return f"{_whose(organisation_id)} {index_text(f'{subject} {text[:LONGEST_READ]}')}"


def _whose(organisation_id: int) -> str:
    """A word that no text gives, since folding leaves no ł: it keeps what others have out of an organisation's search."""
    return f"ł{organisation_id}"


def mentioning(asked: str, *, organisation_id: int) -> QuerySet[Message]:
    """The messages of the organisation in which every word asked for stands in any form; the last may be a beginning."""
    said = Message.objects.filter(organisation_id=organisation_id, withdrawn_at=None)
    wanted = query_tokens(asked)
    if not wanted:
        return said.none()
    clauses = [[_exactly(_whose(organisation_id))], *([_exactly(token) for token in tokens] for tokens in wanted)]
    if len(wanted[-1][0]) >= SHORTEST_BEGINNING:
        clauses[-1].append(_beginning(wanted[-1][0]))
    alternatives, both, statement = (
        (" OR ", " AND ", IN_SQLITE) if connection.vendor == "sqlite" else (" | ", " & ", IN_POSTGRESQL)
    )
    query = both.join(f"({alternatives.join(clause)})" for clause in clauses)
    return said.filter(id__in=RawSQL(statement, [query]))  # noqa: S611 - The words are a parameter.


def _exactly(token: str) -> str:
    return f'"{token}"' if connection.vendor == "sqlite" else f"'{token}'"


def _beginning(token: str) -> str:
    return f'"{token}"*' if connection.vendor == "sqlite" else f"'{token}':*"


def learn_words(*, seconds: float = 20.0) -> int:
    """Let messages be found that cannot be yet, for at most so long. Returns how many."""
    until = time.monotonic() + seconds
    learnt = 0
    while time.monotonic() < until and (found := _learn_some()):
        learnt += found
    return learnt


@transaction.atomic
def _learn_some() -> int:
    due = Message.objects.filter(words_due=True).select_related("conversation").defer("html", "full_text")
    messages = list(due.order_by("id")[:LEARNT_AT_ONCE])
    rows = [
        MessageWords(message=one, organisation_id=one.organisation_id, words=words_of(one))
        for one in messages
        if one.text
    ]
    MessageWords.objects.bulk_create(rows, ignore_conflicts=True)
    Message.objects.filter(id__in=[one.pk for one in messages]).update(words_due=False)
    return len(messages)
