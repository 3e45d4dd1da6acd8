"""Groups compared by their numbers: who leads, by how much, and how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from rowcall_contracts.results import Cell, ResultType
from rowcall_summarizer.cell_text import cell_text
from rowcall_summarizer.nouns import counted, plural
from rowcall_summarizer.phrasing import listed, sentence
from rowcall_summarizer.result_column import Column

_MOST_LISTED = 5
"""Groups of a short ranking, all of which are said."""
_MOST_MEASURES = 3
_NAMED_TIES = 2


@dataclass(frozen=True, kw_only=True)
class Groups:
    """Rows as groups. `total` counts all rows, of which `names` are those at hand; `noun` is their plural.

    `is_whole`: no group was left out. `is_cut`: only the first ones were asked for. `leads_first`: rows stand in the
    order of their number; `ascending` says which way. `is_time`: the groups follow each other in time.
    """

    names: Sequence[str]
    noun: str
    total: int
    truncated: bool
    is_whole: bool
    is_cut: bool
    leads_first: bool
    ascending: bool
    is_time: bool

    @property
    def all_at_hand(self) -> bool:
        """Whether every row is at hand."""
        return self.total == len(self.names) and not self.truncated


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """One number of every group that has it. `counts` is the noun that a count is of."""

    column: Column
    counts: str
    known: Sequence[tuple[Decimal, str]]

    def superlative(self, *, lowest: bool) -> str:
        if self.counts:
            return f"the {'fewest' if lowest else 'most'} {self.counts}"
        return f"the {'lowest' if lowest else 'highest'} {self.column.phrase}"

    def text(self, number: Decimal) -> str:
        return cell_text(str(number), ResultType.DECIMAL, measure=self.column.measure, plain=False)

    def extreme(self, *, lowest: bool) -> Decimal:
        numbers = [number for number, _ in self.known]
        return min(numbers) if lowest else max(numbers)

    def holders(self, number: Decimal) -> list[str]:
        return [name for known, name in self.known if known == number]


def compare(groups: Groups, columns: Sequence[Column], counts: Sequence[str]) -> str:
    """Returns a sentence or two. `counts`: for each column the plural noun that it counts, else an empty text."""
    compared = [
        _Compared(column=column, counts=noun, known=_known(column.cells, groups.names))
        for column, noun in zip(columns, counts, strict=True)
    ]
    known = [each for each in compared if each.known]
    if not known:
        return sentence(f"there are {_how_many(groups)}, none with a value for {columns[0].phrase}")
    if len(known) > 1:
        return _several(groups, known[:_MOST_MEASURES])
    return _one(groups, known[0])


def _one(groups: Groups, compared: _Compared) -> str:
    lowest = groups.leads_first and groups.ascending
    best, worst = compared.extreme(lowest=lowest), compared.extreme(lowest=not lowest)
    if best == worst and len(groups.names) > 1:
        return _all_alike(groups, compared, best)
    holders = compared.holders(best)
    each = " each" if len(holders) > 1 else ""
    lead = f"{_who(holders, groups)} {compared.superlative(lowest=lowest)}: {compared.text(best)}"
    said = f"{lead}{each or _share(groups, compared)}{_runners_up(groups, compared, lowest=lowest)}"
    among = "" if groups.all_at_hand or groups.leads_first else f"among the first {len(groups.names):,} rows, "
    is_value = not (among or groups.is_time or len(holders) > _NAMED_TIES)
    return " ".join([sentence(f"{among}{said}", begins_with_value=is_value), *_closing(groups)])


def _runners_up(groups: Groups, compared: _Compared, *, lowest: bool) -> str:
    """Returns who follows: everybody in a short ranking, the next one of many counts, else the other end."""
    best = compared.extreme(lowest=lowest)
    ranked = sorted(compared.known, key=lambda known: known[0] if lowest else -known[0])
    rest = [known for known in ranked if known[0] != best]
    link = "followed by" if lowest else "ahead of"
    alone = len(compared.holders(best)) == 1
    few = len(groups.names) <= (_MOST_LISTED if groups.is_cut else 3)
    if alone and groups.all_at_hand and few:
        return f", {link} {listed([f'{name} with {compared.text(number)}' for number, name in rest])}" if rest else ""
    if alone and not groups.is_time and (compared.column.measure.is_additive or not groups.all_at_hand):
        number, name = rest[0]
        tied = len(compared.holders(number)) > 1
        return "" if tied else f", {link} {name} with {compared.text(number)}"
    if not groups.all_at_hand and groups.leads_first:
        return ""
    return f"; {_other_end(groups, compared, lowest=lowest)}"


def _other_end(groups: Groups, compared: _Compared, *, lowest: bool) -> str:
    worst = compared.extreme(lowest=not lowest)
    holders = compared.holders(worst)
    word = ("most" if lowest else "fewest") if compared.counts else ("highest" if lowest else "lowest")
    return f"{_who(holders, groups)} the {word}: {compared.text(worst)}{' each' if len(holders) > 1 else ''}"


def _share(groups: Groups, compared: _Compared) -> str:
    """Returns the sum that the lead is a part of, where numbers add up and none is missing."""
    additive = compared.column.measure.is_additive and groups.all_at_hand and groups.is_whole
    if not additive or len(groups.names) == 1 or any(number < 0 for number, _ in compared.known):
        return ""
    return f" of {compared.text(sum((number for number, _ in compared.known), Decimal()))}"


def _several(groups: Groups, compared: Sequence[_Compared]) -> str:
    """Returns who leads by each of several numbers."""
    leads: dict[str, list[str]] = {}
    verb = ""
    for each in compared:
        best = each.extreme(lowest=False)
        holders = each.holders(best)
        verb = verb or _have(holders)
        leads.setdefault(_names(holders, groups), []).append(f"{each.superlative(lowest=False)} ({each.text(best)})")
    first, *others = [(who, listed(whats)) for who, whats in leads.items()]
    said = listed([f"{first[0]} {verb} {first[1]}", *(f"{who} {what}" for who, what in others)])
    some = "" if groups.all_at_hand else f"the first {len(groups.names):,} of "
    return sentence(f"of {some}{_how_many(groups)}, {said}")


def _all_alike(groups: Groups, compared: _Compared, number: Decimal) -> str:
    missing = len(compared.known) < len(groups.names)
    first = "" if groups.all_at_hand else f"the first {len(groups.names):,} of "
    value = f"{compared.text(number)} {compared.counts}" if compared.counts else compared.text(number)
    what = f"have {value} each" if compared.counts else f"have the same {compared.column.phrase}: {value}"
    who = f"{groups.noun} that have a value" if missing else f"{first}{_how_many(groups)}"
    return sentence(f"all {'of ' if first and not missing else ''}{who} {what}")


def _closing(groups: Groups) -> list[str]:
    """Returns how many groups there are, where the sentence has not named them all."""
    if groups.is_cut or (groups.all_at_hand and len(groups.names) <= 3):
        return []
    return [f"{_how_many(groups)} in all.".capitalize() if groups.truncated else f"{_how_many(groups)} in all."]


def _how_many(groups: Groups) -> str:
    text = f"more than {groups.total:,}" if groups.truncated else ""
    return counted(groups.total, groups.noun, text=text) if " of " not in groups.noun else _combinations(groups, text)


def _combinations(groups: Groups, text: str) -> str:
    first, _, rest = groups.noun.partition(" of ")
    return f"{counted(groups.total, first, text=text)} of {rest}"


def _who(names: Sequence[str], groups: Groups) -> str:
    return f"{_names(names, groups)} {_have(names)}"


def _have(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"


def _names(names: Sequence[str], groups: Groups) -> str:
    if len(names) <= _NAMED_TIES:
        return listed(names)
    return counted(len(names), plural(groups.noun)) if " of " not in groups.noun else f"{len(names):,} of them"


def _known(cells: Sequence[Cell], names: Sequence[str]) -> list[tuple[Decimal, str]]:
    pairs = [(_number(cell), name) for cell, name in zip(cells, names, strict=True)]
    return [(number, name) for number, name in pairs if number is not None]


def _number(cell: Cell) -> Decimal | None:
    if cell is None or isinstance(cell, bool):
        return None
    try:
        number = Decimal(str(cell))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
