"""The e-mail channel: one file for each concern.

In: `imap` connects and waits, `sync` fetches what is new, `keys` names it, `parse` understands it with `mime`,
`headers`, `replies`, `automatic`, `reports` and `authentication`. Out: `compose` writes, `smtp` hands over. `oauth`
gets access tokens for both.
"""

from opieka.channels.email.channel import Email

__all__ = ["Email"]
