"""Addresses of the inbox."""

from django.urls import path

from opieka.web.inbox import (
    beginning,
    compose,
    joining,
    joining_many,
    messages,
    originals,
    pages,
    quarantine,
    scheduled,
    work,
)

ONE = "conversations/<int:number>/"

urlpatterns = [
    path("", pages.inbox, name="inbox"),
    path("inbox/list/", pages.list_pane, name="inbox-list"),
    path("inbox/changes/", pages.changes, name="inbox-changes"),
    path("inbox/articles/", pages.articles, name="inbox-articles"),
    path("inbox/undo/", work.undo, name="inbox-undo"),
    path("inbox/bulk/", work.bulk, name="inbox-bulk"),
    path("inbox/here/", work.present, name="inbox-here"),
    path(ONE, pages.conversation, name="conversation"),
    path(ONE + "reply/", compose.reply, name="conversation-reply"),
    path(ONE + "note/", compose.note, name="conversation-note"),
    path(ONE + "draft/", compose.draft, name="conversation-draft"),
    path(ONE + "files/", compose.upload, name="conversation-files"),
    path(ONE + "assign/", work.assign, name="conversation-assign"),
    path(ONE + "resolve/", work.resolve, name="conversation-resolve"),
    path(ONE + "spam/", quarantine.spam, name="conversation-spam"),
    path(ONE + "block/", quarantine.block, name="conversation-block"),
    path(ONE + "reopen/", work.reopen, name="conversation-reopen"),
    path(ONE + "snooze/", work.snooze, name="conversation-snooze"),
    path(ONE + "unread/", work.unread, name="conversation-unread"),
    path(ONE + "here/", work.here, name="conversation-here"),
    path(ONE + "merge/", joining.merging, name="conversation-merge"),
    path(ONE + "separate/", joining.separate, name="conversation-separate"),
    path("inbox/merge/", joining_many.picked, name="inbox-merge"),
    path("inbox/begin/", beginning.begin, name="inbox-begin"),
    path("messages/<int:message_id>/split/", joining.splitting, name="message-split"),
    path("messages/<int:message_id>/whole/", messages.whole, name="message-whole"),
    path("messages/<int:message_id>/original/", messages.original, name="message-original"),
    path("messages/<int:message_id>/letter/", messages.letter, name="message-letter"),
    path("messages/<int:message_id>/mail/", originals.mail, name="message-mail"),
    path("messages/<int:message_id>/parts/", originals.parts, name="message-parts"),
    path("messages/<int:message_id>/resend/", messages.resend, name="message-resend"),
    path("messages/<int:message_id>/discard/", messages.discard, name="message-discard"),
    path("messages/<int:message_id>/settle/", messages.settle, name="message-settle"),
    path("scheduled/<int:scheduled_id>/send/", scheduled.send_now, name="scheduled-send"),
    path("scheduled/<int:scheduled_id>/cancel/", scheduled.cancel, name="scheduled-cancel"),
    path("files/<int:attachment_id>/", messages.file, name="file"),
    path("files/<int:attachment_id>/letter/", originals.letter, name="file-letter"),
]
