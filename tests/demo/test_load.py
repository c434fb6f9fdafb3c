from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from opieka.accounts.models import Membership, Organisation
from opieka.assistant.models import Decision
from opieka.channels.models import Inbox
from opieka.channels.queries import watched
from opieka.commerce.models import Order, Product, Shipment
from opieka.conversations import actions, lists
from opieka.conversations.models import Conversation, Delivery, Message, Speaker, Status
from opieka.customers.models import Customer
from opieka.demo import generate
from opieka.demo.load import AGENT, MANAGER, PASSWORD, load
from opieka.insight.actions import count_new, facts_of
from opieka.insight.history import histories
from opieka.insight.models import Fact
from opieka.knowledge import shelf
from opieka.knowledge.models import Article, Encoding
from opieka.plumbing.models import JobRow
from opieka.surveys.models import Survey
from tests.databases import filled_database

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A database with the demo in it: loaded once, whichever processes of a run share the tests of this file."""
    with django_db_blocker.unblock(), filled_database("demo", load_it):
        yield


def load_it() -> None:
    assert load().created


@pytest.fixture
def shop():
    return Organisation.objects.get(demo=True)


@pytest.fixture
def ola(shop):
    return Membership.objects.get(organisation=shop, user__email=AGENT)


def test_a_second_load_changes_nothing(shop):
    before = Message.objects.count()
    again = load()
    assert (again.created, again.organisation_id) == (False, shop.pk)
    assert Message.objects.count() == before


def test_every_row_of_the_world_is_there(shop):
    assert Customer.objects.filter(organisation=shop).count() == 2_000
    assert Product.objects.filter(organisation=shop).count() == 420
    assert Order.objects.filter(organisation=shop).count() == 6_400
    assert Shipment.objects.filter(organisation=shop).count() > 5_900
    assert Conversation.objects.filter(organisation=shop).count() == 5_200
    assert Article.objects.filter(organisation=shop, language="pl").count() == 70
    assert Survey.objects.filter(organisation=shop, score__isnull=False).count() > 800


def test_the_agents_inbox_is_alive(ola):
    counts = lists.counts(ola)
    assert (counts["mine"], counts["unassigned"], counts["team"], counts["snoozed"]) == (12, 5, 31, 4)


def test_the_shown_logins_open_the_door(shop):
    for email in (AGENT, MANAGER):
        member = Membership.objects.select_related("user").get(organisation=shop, user__email=email)
        assert member.user.check_password(PASSWORD)
    gone = Membership.objects.get(organisation=shop, user__name="Tomasz Baran")
    assert not gone.user.is_active
    assert gone.left_at is not None


def test_cards_agree_with_their_threads(shop):
    for card in Conversation.objects.filter(organisation=shop).exclude(status__in=[Status.RESOLVED, Status.SPAM]):
        said = Message.objects.filter(conversation=card, kind="reply").order_by("created_at", "id")
        assert card.last_message_at == said.last().created_at
        assert (card.speaker == Speaker.PERSON) == said.filter(author="agent").exists()
        answered = said.filter(author="customer").exists() and said.filter(automatic=False).last().author == "agent"
        assert (card.waiting_since is None) == answered, card


def test_every_answer_of_the_assistant_has_its_decision_and_quotation(shop):
    answers = Decision.objects.filter(organisation=shop, outcome="answer").select_related("reply", "article")
    assert answers.count() > 1_500
    for decision in answers.order_by("id")[:300]:
        assert decision.evidence[0]["quote"] in decision.article.published_body
        assert decision.reply.extra["quote"]["title"] == decision.article.title


def test_what_was_counted_comes_out_the_same_again(shop):
    ids = Conversation.objects.filter(organisation=shop).order_by("id").values_list("id", flat=True)[:200]
    again = {(fact.name, fact.source, fact.value) for history in histories(ids) for fact in facts_of(history)}
    kept = Fact.objects.filter(organisation=shop, conversation_id__in=list(ids))
    assert set(kept.values_list("name", "source", "value")) == again
    assert count_new(shop) == 0


def test_every_template_can_be_filled_in(shop, ola):
    from opieka.conversations.models import Conversation
    from opieka.conversations.variables import fill, unknown_in
    from opieka.helpdesk.queries import templates_of

    asked = Conversation.objects.filter(
        organisation=shop, customer__orders__isnull=False, customer__kind="person"
    ).first()
    texts = [template.text for template in templates_of(ola)]

    assert len(texts) == 3
    assert [unknown_in(text) for text in texts] == [[]] * 3
    assert all("{{" not in fill(text, asked, by=ola) for text in texts)


def test_nothing_waits_to_be_sent(shop):
    pending = Delivery.objects.filter(organisation=shop, state__in=["queued", "sending"])
    assert not pending.exists()
    assert not JobRow.objects.filter(organisation_id=shop.pk).exists()


def test_a_reply_in_the_demo_never_leaves_the_house(shop, ola):
    card = Conversation.objects.filter(organisation=shop, channel="email", assignee=ola).first()
    message = actions.reply(card, "Dzień dobry, już sprawdzam.", by=ola)
    Delivery.objects.filter(message=message).update(not_before=timezone.now() - timedelta(seconds=1))
    from opieka.conversations.events import ReplyWritten

    actions.deliver(
        ReplyWritten(organisation_id=shop.pk, conversation_id=card.pk, message_id=message.pk, author="agent")
    )
    assert Delivery.objects.get(message=message).state == Delivery.State.FAILED


def test_nobody_watches_a_mailbox_that_is_nowhere(shop):
    assert Inbox.objects.filter(organisation=shop, kind="email", active=True).exists()
    assert not [inbox for inbox in watched() if inbox.organisation_id == shop.pk]


def test_numbering_goes_on_where_the_demo_stopped(shop):
    from opieka.conversations.actions.lock import next_number

    assert next_number(shop.pk) == 5_201


def test_articles_have_vectors_of_their_own_text(shop, settings):
    for kept in Encoding.objects.filter(organisation=shop).select_related("article"):
        assert shelf.fits(kept, shelf.document_of(kept.article))
    assert Encoding.objects.filter(organisation=shop).count() == 82


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("kiedy dojdzie moja paczka", "gdzie-jest-paczka"),
        ("jak zwrócić buty", "zwrot-butow"),
        ("jak zwrocic buty", "zwrot-butow"),
        ("czy wysyłacie do niemiec", "dostawa-za-granice"),
        ("blik nie działa", "blik-nie-zadzialal"),
    ],
)
def test_the_demos_articles_answer_what_customers_ask(shop, question, slug):
    found = shelf.find(shop, question)
    assert Article.objects.get(pk=found[0].article_id).slug == slug


def test_the_shipped_vectors_belong_to_the_articles_as_they_are():
    from opieka.demo.load.knowing import VECTORS, read_vectors
    from opieka.knowledge.finding.found import Document

    shipped = read_vectors(VECTORS)
    for row in generate.shelf.articles(generate.SEED, generate.ANCHOR):
        document = Document(id="", title=row["title"], body=row["body"], questions=tuple(row["questions"]))
        assert shelf.hash_of(document) in shipped, f"{row['slug']}: run python -m opieka.demo.encode"
