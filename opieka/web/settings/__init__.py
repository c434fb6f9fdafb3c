"""Settings: the person, the team, inboxes, the firm, the assistant, keys, and what went wrong."""
