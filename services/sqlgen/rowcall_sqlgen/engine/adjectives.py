"""Adjectives that say by themselves which column is meant: `oldest` is the greatest age or the least year."""

from collections.abc import Iterable
from dataclasses import dataclass

_FORMS = """
old older oldest | +age -birth -year -date -built -founded -opened -start
young younger youngest | -age +birth +year +date
new newer newest | +year +date +time +built +founded +opened
recent later latest | +date +time +year
recent recent most_recent | +date +time +year
early earlier earliest | -date -time -year
long longer longest | +length +duration +distance +time +runtime
short shorter shortest | -length -duration -distance -height -time -runtime
tall taller tallest | +height
high higher highest | +altitude +elevation +height
low lower lowest | -altitude -elevation -height
expensive expensive most_expensive | +price +cost +fee +rate
cheap cheaper cheapest | -price -cost -fee -rate
expensive expensive least_expensive | -price -cost -fee -rate
large larger largest | +size +area +capacity +population +enrollment
big bigger biggest | +size +area +capacity +population +enrollment
small smaller smallest | -size -area -capacity -population -enrollment
heavy heavier heaviest | +weight
light lighter lightest | -weight
fast faster fastest | +speed
slow slower slowest | -speed
warm warmer warmest | +temperature
hot hotter hottest | +temperature
cold colder coldest | -temperature
far farther farthest | +distance
far further furthest | +distance
near nearer nearest | -distance
populous populous most_populous | +population
"""


@dataclass(frozen=True, slots=True)
class Hint:
    """A word that a column's name contains, and whether the adjective grows with the column."""

    word: str
    rising: bool


Hints = dict[tuple[str, ...], tuple[Hint, ...]]


def _read() -> tuple[Hints, Hints, Hints]:
    positives: Hints = {}
    comparatives: Hints = {}
    superlatives: Hints = {}
    for line in _FORMS.strip().splitlines():
        forms, _, hints = line.partition("|")
        positive, comparative, superlative = forms.split()
        found = tuple(Hint(hint[1:], hint[0] == "+") for hint in hints.split())
        positives.setdefault(("how", positive), found)
        if comparative not in ("recent", "expensive", "populous"):
            comparatives[comparative, "than"] = found
        superlatives[tuple(superlative.split("_"))] = found
    return positives, comparatives, superlatives


HOW, COMPARATIVES, SUPERLATIVES = _read()
_WANTED = frozenset("rating score grade star point review profit revenue performance attendance accuracy".split())
_UNWANTED = frozenset("delay lateness error fault loss defect complaint cost wait failure".split())


def judged(adjective: str, following: Iterable[str]) -> bool | None:
    """Says whether `best` or `worst` is the greatest, by the words behind; `None` where these do not tell."""
    if adjective not in ("best", "worst"):
        return None
    said = set(following)
    if bool(said & _WANTED) == bool(said & _UNWANTED):
        return None
    return (adjective == "best") == bool(said & _WANTED)
