"""Files that were sent up and then put into no message: kept for a while, then forgotten."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from opieka.conversations.models import Attachment
from opieka.plumbing import files

VISITORS = "visitors"
"""The folder of what anybody may send up, which is forgotten sooner than what colleagues prepare."""

# Each an hour longer than the signed id with which the file can be put into a message.
VISITORS_LAST = timedelta(days=1, hours=1)
COLLEAGUES_LAST = timedelta(days=7, hours=1)


def forget_loose_files() -> int:
    """Delete the rows and bytes of files that no message will take any more. Returns how many."""
    now = timezone.now()
    # What a scheduled reply holds waits with it, and is kept as long again for the draft that it may become.
    ended = Q(scheduled=None) | Q(scheduled__ended_at__lt=now - COLLEAGUES_LAST)
    loose = Attachment.objects.filter(ended, message=None)
    visitors = Q(file__startswith=f"{VISITORS}/", created_at__lt=now - VISITORS_LAST)
    old = loose.filter(visitors | Q(created_at__lt=now - COLLEAGUES_LAST))
    forgotten = 0
    for attachment_id, file in old.values_list("id", "file"):
        # The row first, if it is still loose: a file too many harms nobody, a message without its file would.
        if loose.filter(id=attachment_id).delete()[0]:
            files.store().delete(file)
            forgotten += 1
    return forgotten
