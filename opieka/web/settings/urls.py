"""Addresses of the settings."""

from django.urls import path

from opieka.web.settings import (
    assistant,
    audit,
    inboxes,
    jobs,
    keys,
    organisation,
    overview,
    profile,
    team,
    unclear,
)

urlpatterns = [
    path("settings/", overview.overview, name="settings"),
    path("settings/me/", profile.profile, name="profile"),
    path("settings/organisation/", organisation.organisation, name="organisation"),
    path("settings/team/", team.team, name="team"),
    path("settings/team/members/<int:member_id>/role/", team.role, name="member-role"),
    path("settings/team/members/<int:member_id>/remove/", team.remove, name="member-remove"),
    path("settings/team/invitations/<int:invitation_id>/resend/", team.resend, name="invitation-resend"),
    path("settings/team/invitations/<int:invitation_id>/withdraw/", team.withdraw, name="invitation-withdraw"),
    path("settings/team/teams/new/", team.new_group, name="group-new"),
    path("settings/team/teams/<int:team_id>/", team.group, name="group"),
    path("settings/team/teams/<int:team_id>/dissolve/", team.dissolve, name="group-dissolve"),
    path("settings/inboxes/", inboxes.inboxes, name="inboxes"),
    path("settings/inboxes/new/<slug:kind>/", inboxes.new, name="inbox-new"),
    path("settings/inboxes/<int:inbox_id>/", inboxes.inbox, name="inbox-settings"),
    path("settings/inboxes/<int:inbox_id>/check/", inboxes.check, name="inbox-check"),
    path("settings/inboxes/<int:inbox_id>/power/", inboxes.power, name="inbox-power"),
    path("settings/assistant/", assistant.assistant, name="assistant-settings"),
    path("settings/keys/", keys.keys, name="keys"),
    path("settings/keys/<int:key_id>/revoke/", keys.revoke, name="key-revoke"),
    path("settings/jobs/", jobs.jobs, name="jobs"),
    path("settings/jobs/retry/", jobs.retry_all, name="jobs-retry"),
    path("settings/jobs/<int:job_id>/retry/", jobs.retry, name="job-retry"),
    path("settings/jobs/<int:job_id>/discard/", jobs.discard, name="job-discard"),
    path("settings/audit/", audit.audit, name="audit"),
    path("unclear/", unclear.unclear, name="unclear"),
    path("unclear/<int:raw_id>/", unclear.item, name="unclear-item"),
    path("unclear/<int:raw_id>/file/", unclear.download, name="unclear-file"),
    path("unclear/<int:raw_id>/again/", unclear.again, name="unclear-again"),
    path("unclear/<int:raw_id>/aside/", unclear.aside, name="unclear-aside"),
]
