"""What a mail server's answer or a delivery report means, in a sentence for the agent."""

import re

from django.utils.translation import gettext as _

# RFC 3463 and 7505: bad mailbox, bad or unsuitable domain, moved away, null MX, mailbox disabled.
GONE = {(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1), (4, 4)}
GONE_WORDS = ("user unknown", "unknown user", "no such user", "no such mailbox", "mailbox unavailable", "unrouteable")
ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


def explain(answer: str, *, code: int = 0) -> str:
    """A sentence, with the server's own words after it."""
    words = " ".join(answer.split())[:300]
    sentence = _sentence(words, code)
    own = f"{code} {words}".strip() if code and not words.startswith(str(code)) else words
    return f"{sentence} ({own})" if own else sentence


def no_such_address(answer: str) -> bool:
    """Whether a refusal means that nobody is there, now or later: not a full mailbox, not a rule about spam."""
    found, low = ENHANCED.search(answer), answer.lower()
    if found and found[3] != "0":
        return found[1] == "5" and (int(found[2]), int(found[3])) in GONE
    # A code that says no more than "refused" leaves the words.
    if found and found[1] != "5":
        return False
    return any(words in low for words in GONE_WORDS)


def _sentence(words: str, code: int) -> str:
    found = ENHANCED.search(words)
    subject, detail = (int(found[2]), int(found[3])) if found else (-1, -1)
    low = words.lower()
    if (subject, detail) in {(1, 1), (1, 6), (1, 10)} or "user unknown" in low or "no such user" in low:
        return _("There is no such mailbox.")
    if (subject, detail) in {(1, 2), (4, 4)} or "domain not found" in low or "unrouteable" in low:
        return _("There is no mail server for that address.")
    if (subject, detail) == (2, 2) or "quota" in low or "mailbox full" in low or "mailbox is full" in low:
        return _("The customer's mailbox is full.")
    if (subject, detail) in {(2, 3), (3, 4)} or code == 552 or "too large" in low or "size limit" in low:
        return _("The message is too large for the receiving server.")
    if (subject, detail) == (7, 8) or code in {530, 534, 535}:
        return _("The mail server does not accept our login.")
    if subject == 7 or "spam" in low or "policy" in low or "blocked" in low or "blacklist" in low:
        return _("The receiving server refused the message because of its rules.")
    if code == 550 or (subject == 1 and detail > 0):
        return _("The receiving server does not accept mail for that address.")
    if subject == 4 or 400 <= code < 500:
        return _("The receiving server does not take mail at the moment.")
    return _("The receiving server refused the message.")
