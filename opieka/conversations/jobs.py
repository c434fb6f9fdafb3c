"""What happens to conversations with time."""

from datetime import timedelta

from opieka.conversations import actions, words
from opieka.plumbing.jobs import cron


@cron(every=timedelta(minutes=1))
def wake_snoozed() -> None:
    """Conversations come back when their time has come."""
    actions.wake_due()


@cron(every=timedelta(minutes=1))
def follow_up_by_email() -> None:
    """Answers that nobody read in the chat go to the customer's e-mail."""
    actions.email_unread_answers()


@cron(every=timedelta(days=1), offset=timedelta(hours=2))
def forget_loose_files() -> None:
    """Files that were sent up and never sent are deleted, those of visitors after a day."""
    actions.forget_loose_files()


@cron(every=timedelta(seconds=30))
def watch_outbox() -> None:
    """What is stuck on its way out is noticed, and that it is no more."""
    actions.watch_outbox()


@cron(every=timedelta(minutes=5))
def own_up_to_uncertain() -> None:
    """A reply that was being sent when a process died is uncertain, and is shown so."""
    actions.unsure_after_crash()


@cron(every=timedelta(minutes=1))
def learn_words() -> None:
    """What cannot be found by its words yet, e.g. what was there before an upgrade, is found from now on."""
    words.learn_words()
