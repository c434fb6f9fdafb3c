"""The arithmetic of evaluation: pure functions over ranks, scores and labels. Shares are 0 to 1."""

from collections.abc import Collection, Sequence
from math import log2


def share(hits: int, of: int) -> float | None:
    """The hits as a share of all, or None where there was nothing to count."""
    return round(hits / of, 4) if of else None


def mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def recall_at(ranking: Sequence[str], right: Collection[str], k: int) -> float:
    """Share of the right ones among the first k."""
    return len(set(ranking[:k]) & set(right)) / len(right)


def reciprocal_rank(ranking: Sequence[str], right: Collection[str]) -> float:
    """1 / place of the first right one, 0 when none is ranked."""
    return next((1 / place for place, one in enumerate(ranking, start=1) if one in right), 0.0)


def ndcg_at(ranking: Sequence[str], right: Collection[str], k: int) -> float:
    """Normalised discounted cumulative gain with gains of 0 and 1."""
    gained = sum(1 / log2(place + 1) for place, one in enumerate(ranking[:k], start=1) if one in right)
    ideal = sum(1 / log2(place + 1) for place in range(1, min(k, len(right)) + 1))
    return gained / ideal


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Chance that a positive scores above a negative, ties counting half; None without both kinds."""
    if not positive or not negative:
        return None
    won = sum((one > other) + 0.5 * (one == other) for one in positive for other in negative)
    return round(won / (len(positive) * len(negative)), 4)


def percentile(values: Sequence[float], p: int) -> float:
    """The smallest value that at least p per cent of all do not exceed."""
    ordered = sorted(values)
    return round(ordered[max(0, -(-len(ordered) * p // 100) - 1)], 2)


def accuracy(expected: Sequence[str], given: Sequence[str]) -> float | None:
    return share(sum(e == g for e, g in zip(expected, given, strict=True)), len(expected))


def macro_f1(expected: Sequence[str], given: Sequence[str]) -> float | None:
    """Mean F1 over the labels that are expected somewhere."""
    pairs = list(zip(expected, given, strict=True))
    scores = []
    for label in sorted(set(expected)):
        both = sum(e == g == label for e, g in pairs)
        scores.append(2 * both / (sum(e == label for e, _ in pairs) + sum(g == label for _, g in pairs)))
    return mean(scores)
