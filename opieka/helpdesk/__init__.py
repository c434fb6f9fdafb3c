"""Work for people: queues, presence, who takes what."""
