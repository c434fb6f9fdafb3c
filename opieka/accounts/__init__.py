"""Organisations, the people who work in them, teams, roles and keys."""
