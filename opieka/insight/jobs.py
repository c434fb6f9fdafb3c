"""Counting in the background."""

from datetime import timedelta

from opieka.accounts.models import Organisation
from opieka.insight.actions import catch_up, forget_counted
from opieka.plumbing.jobs import cron


@cron(every=timedelta(minutes=1))
def keep_counting() -> None:
    """Keep the figures of every organisation fresh."""
    for organisation in Organisation.objects.order_by("id"):
        catch_up(organisation)


@cron(every=timedelta(days=1), offset=timedelta(hours=2))
def forget_old_events() -> None:
    """The table of events does not grow for ever: what is two weeks old and has been counted goes."""
    for organisation in Organisation.objects.order_by("id"):
        forget_counted(organisation)
