"""Who may do what. A capability is a word; a role holds the words of all roles below it."""

from opieka.accounts.models import Role

READ = "read"
ANSWER = "answer"
WRITE_ARTICLES = "write articles"
SEE_FIGURES = "see figures"
CONFIGURE = "configure"
MANAGE_PEOPLE = "manage people"
OWN = "own"

_LADDER: list[tuple[Role, tuple[str, ...]]] = [
    (Role.READ_ONLY, (READ, SEE_FIGURES)),
    (Role.AGENT, (ANSWER, WRITE_ARTICLES)),
    (Role.MANAGER, (CONFIGURE, MANAGE_PEOPLE)),
    (Role.OWNER, (OWN,)),
]


def _may() -> dict[str, frozenset[str]]:
    held: set[str] = set()
    table = {}
    for role, added in _LADDER:
        held |= set(added)
        table[role.value] = frozenset(held)
    return table


MAY = _may()


def may(role: str, capability: str) -> bool:
    """Whether a member of this role may do that."""
    return capability in MAY.get(role, frozenset())


def grantable(role: str) -> tuple[str, ...]:
    """The roles a member of this role may give, take and remove: nobody reaches above themselves."""
    if not may(role, MANAGE_PEOPLE):
        return ()
    ladder = [step.value for step, _ in _LADDER]
    return tuple(ladder[: ladder.index(role) + 1])


# What a key may do; a member's role limits it further.
SCOPES = {
    "read": READ,
    "write": ANSWER,
    "articles": WRITE_ARTICLES,
}


def key_may(scopes: list[str], role: str, scope: str) -> bool:
    """Whether a key with these scopes, made by a member of this role, may use that scope."""
    return scope in scopes and may(role, SCOPES[scope])
