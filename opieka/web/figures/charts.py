"""Charts as plain shapes: numbers in, coordinates out; templates draw them. One unit is one pixel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, LEFT, RIGHT = 690, 52, 84
BANDS = {1: [(16, 220)], 2: [(16, 110), (150, 232)]}
BOTTOM = 262
STEPS = (
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    14_400,
    21_600,
    43_200,
    86_400,
    172_800,
    604_800,
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One series in its own band, with its grid lines, its target and its last value."""

    path: str
    area: str
    hue: int
    grid: list[tuple[float, str]]
    target: float | None
    end: tuple[float, float, str] | None
    dots: list[tuple[float, float]]


@dataclass(frozen=True, kw_only=True)
class Chart:
    width: int
    height: int
    left: int
    right: int
    lines: list[Line]
    days: list[tuple[float, str]]


@dataclass(frozen=True, kw_only=True)
class Series:
    """Values a day, None where there is nothing; `say` writes the last value, `axis` those beside the lines."""

    values: Sequence[float | None]
    say: Callable[[float], str]
    axis: Callable[[float], str]
    hue: int
    target: float | None = None
    zero: bool = True
    most: float | None = None


def chart(days: Sequence[date], series: Sequence[Series]) -> Chart:
    """One or two series one above the other over the same days: never two axes in one band."""
    width = WIDTH - LEFT - RIGHT
    step = width / max(1, len(days) - 1)
    places = [LEFT + n * step for n in range(len(days))]
    lines = [_line(one, places, band) for one, band in zip(series, BANDS[len(series)], strict=True)]
    every = max(1, round(len(days) / 5))
    marks = [(places[n], f"{days[n].day}.{days[n].month:02}") for n in range(0, len(days), every)]
    return Chart(width=WIDTH, height=BOTTOM + 8, left=LEFT, right=WIDTH - RIGHT, lines=lines, days=marks)


def _line(series: Series, places: Sequence[float], band: tuple[int, int]) -> Line:
    top, bottom = band
    known = [value for value in series.values if value is not None]
    shown = [*known, *([series.target] if series.target is not None else [])] or [0.0, 1.0]
    low, high, ticks = _scale(0.0 if series.zero else min(shown), max(shown))

    def down(value: float) -> float:
        return round(bottom - (value - low) / (high - low) * (bottom - top), 1)

    points = [(round(x, 1), down(value)) for x, value in zip(places, series.values, strict=True) if value is not None]
    runs = _runs([None if v is None else (round(x, 1), down(v)) for x, v in zip(places, series.values, strict=True)])
    path = "".join("M" + "L".join(f"{x} {y}" for x, y in run) for run in runs if len(run) > 1)
    area = "".join(
        f"M{run[0][0]} {bottom}L" + "L".join(f"{x} {y}" for x, y in run) + f"L{run[-1][0]} {bottom}Z"
        for run in runs
        if len(run) > 1
    )
    say = series.say
    return Line(
        path=path,
        area=area if series.zero else "",
        hue=series.hue,
        grid=[(down(tick), series.axis(tick)) for tick in ticks if series.most is None or tick <= series.most],
        target=down(series.target) if series.target is not None else None,
        end=(*points[-1], say(known[-1])) if points else None,
        dots=[run[0] for run in runs if len(run) == 1],
    )


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """The line is broken where a day has no value, never drawn through it."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _scale(low: float, high: float) -> tuple[float, float, list[float]]:
    """Round ends and two to four lines between them."""
    span = max(high - low, 0.4 if high <= 10 else 1.0)
    step = next((s for s in (0.1, 0.2, 0.5, *STEPS) if span / s <= 4), span / 4)
    start = (low // step) * step
    ticks = [round(start + n * step, 4) for n in range(int((high - start) / step) + 2)]
    return ticks[0], ticks[-1], ticks[1:]


def spark(values: Sequence[float | None], *, width: int = 72, height: int = 24) -> dict[str, object] | None:
    """A small line without an axis; None with fewer than two values."""
    known = [(n, value) for n, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    low, high = min(v for _, v in known), max(v for _, v in known)
    span = (high - low) or 1.0
    last = max(1, len(values) - 1)
    points = [
        (round(2 + n / last * (width - 4), 1), round(height - 3 - (v - low) / span * (height - 6), 1)) for n, v in known
    ]
    return {"path": "M" + "L".join(f"{x} {y}" for x, y in points), "end": points[-1]}


def heat_step(value: int, most: int) -> int:
    """One of seven steps of tint for a cell: 0 to 4 take dark text, 5 and 6 light."""
    return min(6, int(7 * value / most)) if most else 0
