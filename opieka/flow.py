"""Read this first: what happens after what.

Each reaction is a job: written in the same transaction as its event, run until it succeeds, safe to run twice.
What has failed for the last time stays as a dead letter, and `GIVEN_UP` says what happens to the customer instead.
An event with an empty list is deliberately unheard: it is there for live pages and for counting.
"""

from opieka.accounts import events as accounts_events
from opieka.assistant import actions as assistant
from opieka.channels import alarms
from opieka.channels import events as channel_events
from opieka.conversations import actions as conversations
from opieka.conversations import events as conversation_events
from opieka.helpdesk import actions as helpdesk
from opieka.helpdesk import events as helpdesk_events
from opieka.helpdesk.acknowledge import acknowledge
from opieka.knowledge import actions as knowledge
from opieka.knowledge import events as knowledge_events
from opieka.plumbing.events import Flow, GivenUp
from opieka.surveys import actions as surveys
from opieka.surveys import events as survey_events

FLOW: Flow = {
    # A message comes in.
    channel_events.RawArrived: [conversations.take_in],
    channel_events.RawUnclear: [],
    channel_events.InboxTroubled: [],
    channel_events.InboxLost: [alarms.warn_owners],
    channel_events.InboxBack: [alarms.reassure_owners],
    channel_events.OutboxStuck: [alarms.warn_owners],
    channel_events.OutboxDrained: [alarms.reassure_owners],
    channel_events.SecretEnding: [alarms.warn_of_ending],
    conversation_events.StrangerWrote: [helpdesk.sift],
    conversation_events.MessageReceived: [assistant.consider],
    conversation_events.SenderUnproven: [conversations.check_sender],
    conversation_events.AcknowledgementWanted: [acknowledge],
    # Somebody answers.
    conversation_events.ReplyWritten: [conversations.deliver],
    conversation_events.ReplyWithdrawn: [],
    conversation_events.ReplyScheduled: [conversations.send_when_due],
    conversation_events.ScheduleEnded: [],
    conversation_events.NoteWritten: [],
    conversation_events.DeliveryChanged: [],
    conversation_events.AddressLost: [conversations.keep_from_leaving],
    conversation_events.MessagesSeen: [],
    conversation_events.AnswerJudged: [assistant.note_verdict],
    # People work.
    conversation_events.HandedOver: [helpdesk.find_owner],
    conversation_events.PersonJoined: [],
    conversation_events.Assigned: [],
    conversation_events.ConversationChanged: [],
    conversation_events.ConversationSnoozed: [],
    conversation_events.ConversationWoken: [],
    conversation_events.ConversationReopened: [],
    conversation_events.ConversationQuarantined: [helpdesk.learn_spam],
    conversation_events.ConversationCleared: [helpdesk.learn_spam],
    conversation_events.ConversationMerged: [],
    conversation_events.ConversationSeparated: [],
    conversation_events.ConversationSplit: [],
    conversation_events.ConversationBegun: [],
    helpdesk_events.PresenceChanged: [],
    helpdesk_events.CustomerTyping: [],
    # The matter is settled.
    conversation_events.ConversationResolved: [surveys.invite],
    survey_events.SurveyAsked: [],
    survey_events.SurveyAnswered: [surveys.look_after_unhappy],
    # What we know changes.
    knowledge_events.ArticlePublished: [knowledge.index_article],
    knowledge_events.ArticleWithdrawn: [knowledge.forget_passages],
    knowledge_events.ArticleVoted: [],
    # Who we are changes.
    accounts_events.MemberInvited: [],
    accounts_events.MemberJoined: [],
    accounts_events.MemberLeft: [],
    accounts_events.AccessEnded: [],
}

GIVEN_UP: GivenUp = {
    conversations.take_in: conversations.leave_unclear,
    conversations.deliver: conversations.leave_unsent,
    conversations.send_when_due: conversations.give_back_scheduled,
    assistant.consider: assistant.call_a_person,
}
