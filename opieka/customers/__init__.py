"""Who we talk to: people, companies and the identities they write from."""
