"""Bringing in articles: what can be read is read, what cannot is named."""

from datetime import date
from pathlib import Path

import pytest

from opieka.knowledge.actions import bring_in, save
from opieka.knowledge.models import Article, Category
from opieka.knowledge.sources.base import CannotRead
from opieka.knowledge.sources.page import questions_and_answers
from tests.world import World

SCHEMA = """<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"FAQPage",
"mainEntity":[{"@type":"Question","name":"Ile kosztuje dostawa?","acceptedAnswer":{"@type":"Answer",
"text":"<p>Od <b>13,99 zł</b>.</p><ul><li>paczkomat</li><li>kurier</li></ul>"}}]}]}</script>"""
DETAILS = "<details><summary>Jak zwrócić?</summary><p>W 14 dni.</p></details><details><summary>A paragon?</summary>Nie trzeba.</details>"
QUESTION = '{"@type":"Question","name":"Ile kosztuje dostawa?","acceptedAnswer":{"text":"Od 13,99 zł."}}'
NESTED = "[" * 400 + QUESTION + "]" * 400
HEADINGS = "<nav>Menu?</nav><h2>Czy można płacić BLIK?</h2><p>Tak.</p><h2>O nas</h2><p>Sklep.</p><h3>Kiedy wysyłka?</h3><p>W 24 h.</p>"


def test_a_folder_of_markdown_becomes_drafts_and_a_second_import_changes_nothing(world: World, tmp_path: Path):
    (tmp_path / "zwrot.md").write_text(
        "---\ntitle: Zwrot\ncategory: Zwroty\nquestions: [jak oddać]\n---\n14 dni.\n", "utf-8"
    )
    (tmp_path / "dostawa.md").write_text("# Dostawa\n\n24 godziny.\n", "utf-8")
    (tmp_path / "zepsuty.md").write_text("bez tytułu", "utf-8")

    first = bring_in(world.shop, "folder", str(tmp_path))
    again = bring_in(world.shop, "folder", str(tmp_path))

    assert (first.created, [one.key for one in first.skipped]) == (2, ["zepsuty.md"])
    assert (again.created, again.unchanged) == (0, 2)
    assert set(Article.objects.values_list("state", flat=True)) == {"draft"}


def test_a_changed_file_changes_the_draft_and_not_what_is_published(world: World, tmp_path: Path):
    file = tmp_path / "zwrot.md"
    file.write_text("# Zwrot\n\n14 dni.\n", "utf-8")
    bring_in(world.shop, "folder", str(tmp_path), publish=True)
    file.write_text("# Zwrot\n\n30 dni.\n", "utf-8")

    report = bring_in(world.shop, "folder", str(tmp_path))

    article = Article.objects.get()
    assert (report.changed, article.body, article.published_body) == (1, "30 dni.", "14 dni.")


def test_a_second_import_touches_only_what_the_source_gives(world: World, tmp_path: Path):
    file = tmp_path / "zwrot.md"
    file.write_text("# Zwrot\n\n14 dni.\n", "utf-8")
    article = bring_in(world.shop, "folder", str(tmp_path)).articles[0]
    shelf = Category.objects.create(organisation=world.shop, slug="zwroty", name="Zwroty")
    set_here = {"summary": "Krótko.", "visibility": "internal", "review_on": date(2027, 1, 2), "category": shelf}
    save(world.shop, article=article, questions="jak oddać", **set_here)
    file.write_text("---\ncategory: Dostawa\n---\n# Zwrot\n\n30 dni.\n", "utf-8")

    bring_in(world.shop, "folder", str(tmp_path))

    article.refresh_from_db()
    assert (article.body, article.category.name) == ("30 dni.", "Dostawa")
    assert (article.summary, article.visibility, article.review_on) == ("Krótko.", "internal", date(2027, 1, 2))
    assert article.questions == ["jak oddać"]


def test_a_change_of_the_head_alone_is_a_change(world: World, tmp_path: Path):
    file = tmp_path / "zwrot.md"
    file.write_text("---\nvisibility: internal\n---\n# Zwrot\n\n14 dni.\n", "utf-8")
    bring_in(world.shop, "folder", str(tmp_path), publish=True)
    file.write_text("---\nvisibility: public\n---\n# Zwrot\n\n14 dni.\n", "utf-8")

    report = bring_in(world.shop, "folder", str(tmp_path), publish=True)

    assert report.changed == 1
    assert not Article.objects.get().internal


@pytest.mark.parametrize("given", ["jak oddać", "[jak oddać]", "|\n  jak oddać"])
def test_one_question_may_be_given_without_a_list(world: World, tmp_path: Path, given: str):
    (tmp_path / "zwrot.md").write_text(f"---\nquestions: {given}\n---\n# Zwrot\n\n14 dni.\n", "utf-8")
    (tmp_path / "articles.jsonl").write_text('{"id": 1, "title": "A", "body": "B", "questions": "jak oddać"}', "utf-8")

    bring_in(world.shop, "folder", str(tmp_path))
    bring_in(world.shop, "jsonl", str(tmp_path / "articles.jsonl"))

    assert list(Article.objects.values_list("questions", flat=True)) == [["jak oddać"], ["jak oddać"]]


@pytest.mark.parametrize(
    "head",
    ["review_on: jutro", "visibility: Internal", "questions: 5", "questions: [{a: b}]", "language: polski"],
)
def test_a_file_with_a_head_that_makes_no_sense_is_named_and_the_others_are_taken(
    world: World, tmp_path: Path, head: str
):
    (tmp_path / "a.md").write_text(f"---\n{head}\n---\n# Zły\n\nTekst.\n", "utf-8")
    (tmp_path / "b.md").write_text('---\nreview_on: "2027-01-02"\n---\n# Dobry\n\nTekst.\n', "utf-8")

    report = bring_in(world.shop, "folder", str(tmp_path))

    assert [one.key for one in report.skipped] == ["a.md"]
    assert list(Article.objects.values_list("title", "review_on")) == [("Dobry", date(2027, 1, 2))]


def test_a_text_that_no_database_keeps_is_named_and_the_others_are_taken(world: World, tmp_path: Path):
    file = tmp_path / "articles.jsonl"
    file.write_text('{"id": 1, "title": "A", "body": "\\u0000"}\n{"id": 2, "title": "B", "body": "b"}', "utf-8")

    report = bring_in(world.shop, "jsonl", str(file))

    assert (report.created, len(report.skipped)) == (1, 1)


def test_lines_that_cannot_be_read_are_named_by_their_number(world: World, tmp_path: Path):
    file = tmp_path / "articles.jsonl"
    file.write_text('{"id": 1, "title": "Zwrot", "body": "14 dni"}\n{"id": 2}\nnonsense\n', "utf-8")

    report = bring_in(world.shop, "jsonl", str(file))

    assert report.created == 1
    assert [one.key for one in report.skipped] == ["line 2", "line 3"]


def test_a_missing_folder_is_said_in_a_sentence(world: World):
    with pytest.raises(CannotRead, match="no folder"):
        bring_in(world.shop, "folder", "nowhere-at-all")


@pytest.mark.parametrize(
    ("page", "pairs"),
    [
        (SCHEMA, [("Ile kosztuje dostawa?", "Od 13,99 zł.\n- paczkomat\n- kurier")]),
        (DETAILS, [("Jak zwrócić?", "W 14 dni."), ("A paragon?", "Nie trzeba.")]),
        (HEADINGS, [("Czy można płacić BLIK?", "Tak."), ("Kiedy wysyłka?", "W 24 h.")]),
        ("<h1>Sklep</h1><p>Nic</p>", []),
        (
            f'<script type="application/ld+json">{"[" * 100_000}</script><details><summary>A?</summary>B</details>',
            [("A?", "B")],
        ),
        (f'<script type="application/ld+json">{NESTED}</script>', [("Ile kosztuje dostawa?", "Od 13,99 zł.")]),
        ('<script type="application/ld+json">{broken</script><details><summary>A?</summary>B', []),
    ],
)
def test_questions_and_answers_are_found_in_a_shop_page(page: str, pairs: list[tuple[str, str]]):
    assert questions_and_answers(page) == pairs
