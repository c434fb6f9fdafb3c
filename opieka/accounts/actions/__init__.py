"""Verbs that change people, their places and their organisation, a file for each group of verbs."""

from opieka.accounts.actions.found import Taken, found
from opieka.accounts.actions.invite import (
    AlreadyHere,
    NotOpen,
    accept_as,
    accept_new,
    invite,
    resend_invitation,
    withdraw_invitation,
)
from opieka.accounts.actions.keys import create_key, note_use, revoke_key
from opieka.accounts.actions.organisation import BadColour, note_step, save_organisation, switch_on
from opieka.accounts.actions.people import LastOwner, MayNot, change_role, remove_member, save_profile
from opieka.accounts.actions.sessions import end_all_sessions, end_other_sessions, end_session
from opieka.accounts.actions.teams import dissolve_team, save_team

__all__ = [
    "AlreadyHere", "BadColour", "LastOwner", "MayNot", "NotOpen", "Taken", "accept_as", "accept_new", "change_role", "create_key",
    "dissolve_team", "end_all_sessions", "end_other_sessions", "end_session", "found", "invite", "note_step", "note_use",
    "remove_member", "resend_invitation", "revoke_key", "save_organisation", "save_profile", "save_team", "switch_on",
    "withdraw_invitation",
]  # fmt: skip
