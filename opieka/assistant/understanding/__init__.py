"""Reading a customer's message: language, topic, legal meaning, mood, what it names. No database."""
