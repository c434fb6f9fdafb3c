"""What the chat widget on a shop's page talks to."""
