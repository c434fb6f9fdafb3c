"""The agent's inbox: the list, the conversation, the customer beside it."""
