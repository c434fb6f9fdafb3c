"""The reply templates of the demo shop."""

import tomllib

from opieka.demo.lists import DATA
from opieka.demo.load.people import Cast
from opieka.helpdesk.models import ReplyTemplate


def offer_templates(cast: Cast) -> None:
    """Write down what agents would otherwise type again and again."""
    rows = tomllib.loads((DATA / "templates.toml").read_text(encoding="utf-8"))["template"]
    for row in rows:
        ReplyTemplate.objects.create(organisation=cast.organisation, name=row["name"], text=row["text"].strip())
