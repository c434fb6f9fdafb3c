"""Help for the people who work here: pages with search, and what to send when something is wrong."""
