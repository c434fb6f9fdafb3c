"""Pages for agents and managers: one folder per page."""
