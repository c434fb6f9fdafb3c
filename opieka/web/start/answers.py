"""Ready answers: four articles every shop needs, with blanks for what only the shop knows."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from opieka.accounts.models import Membership, Organisation
from opieka.knowledge import actions, queries
from opieka.knowledge.models import Article

SOURCE = "start"


@cache
def _templates(language: str) -> list[dict[str, Any]]:
    name = f"answers.{language if language in {'pl', 'en'} else 'en'}.toml"
    with (Path(__file__).parent / name).open("rb") as file:
        return list(tomllib.load(file)["template"])


def templates_for(member: Membership) -> list[dict[str, Any]]:
    """The templates in the firm's language, each with whether its article exists."""
    made = set(queries.visible_to(member).filter(source__startswith=f"{SOURCE}:").values_list("source", flat=True))
    return [template | {"made": source_of(template) in made} for template in _templates(member.organisation.language)]


def source_of(template: dict[str, Any]) -> str:
    return f"{SOURCE}:{template['name']}"


def publish(member: Membership, template: dict[str, Any], blanks: dict[str, str]) -> Article:
    """The article with its blanks filled in, as a draft and then published; one published before is changed."""
    organisation = member.organisation
    known = queries.visible_to(member).filter(source=source_of(template), language=organisation.language).first()
    article = actions.save(
        organisation,
        article=known,
        title=template["title"],
        summary=filled(template["summary"], blanks)[:300],
        body=filled(template["body"], blanks).strip(),
        questions=template["questions"],
        language=organisation.language,
        source=source_of(template),
    )
    actions.publish_article(article, by=member)
    return article


def filled(text: str, blanks: dict[str, str]) -> str:
    """The text with every `{blank}` filled in; nothing else in it has a meaning."""
    for name, value in blanks.items():
        text = text.replace("{" + name + "}", value)
    return text


def usual_questions(organisation: Organisation) -> list[str]:
    """Ten questions for a try: what customers ask about the four answers, and two that nobody has answered yet."""
    asked = [question for template in _templates(organisation.language) for question in template["questions"][:2]]
    return [*asked, *_unanswered(organisation.language)]


def _unanswered(language: str) -> list[str]:
    if language == "pl":
        return ["Czy macie sklep stacjonarny w Suwałkach?", "Chcę porozmawiać z człowiekiem"]
    return ["Do you have a shop in Aberdeen?", "I want to talk to a person"]
