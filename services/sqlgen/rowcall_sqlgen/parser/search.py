"""Beam search: the likeliest action sequences that the automaton and the types of the data allow."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rowcall_sqlgen.parser.actions import KEYWORD_NUMBERS, KEYWORDS, Action, Keyword, Pointer
from rowcall_sqlgen.parser.arrays import Array
from rowcall_sqlgen.parser.automaton import Automaton
from rowcall_sqlgen.parser.stepping import Memory, Stepper
from rowcall_sqlgen.parser.typing_rules import Types

UNLIKELY = -12.0
"""Log probability below which an action is not followed."""

_LEAST, _LEAST_SUM = -1e30, 1e-30
"""Nothing real is below: they keep infinities out of what must be a number."""

_END = KEYWORD_NUMBERS[Keyword.END]

NEGLIGIBLE = math.log(0.01)
"""Share of the likeliest whole sequence's probability below which no other is waited for."""


@dataclass(frozen=True, slots=True)
class Parse:
    """A whole sequence and the logarithm of its probability."""

    actions: tuple[Action, ...]
    log_probability: float


class _Path(NamedTuple):
    actions: tuple[Action, ...]
    log_probability: float
    state: Automaton
    column: int | None  # the column that a value would be compared with
    row: int  # of the decoder's memory


class _Move(NamedTuple):
    row: int  # of the path
    number: int  # of the action: a keyword's, or behind them a node's
    log_probability: float


class Search:
    """A beam of `width` open sequences; stops at `most_parses` whole ones or after `most_actions`."""

    def __init__(self, *, width: int = 6, most_parses: int = 8, most_actions: int = 44) -> None:
        self._width = width
        self._most_parses = most_parses
        self._most_actions = most_actions

    def run(self, stepper: Stepper, types: Types) -> tuple[Parse, ...]:
        """Returns whole sequences, likeliest first."""
        paths, memory = [_Path((), 0.0, Automaton(), None, 0)], stepper.start()
        parses: list[Parse] = []
        for _ in range(self._most_actions):
            scores, memory = _scored(paths, stepper, memory)
            grown: list[_Path] = []
            for move in self._moves(paths, scores, types):
                if move.number == _END:
                    parses.append(Parse((*paths[move.row].actions, Keyword.END), move.log_probability))
                elif len(grown) < self._width:
                    grown.append(_followed(paths[move.row], move, types))
            paths = grown
            parses.sort(key=lambda parse: -parse.log_probability)
            if not paths or self._is_settled(parses, paths[0].log_probability):
                break
        return tuple(parses[: self._most_parses])

    def _is_settled(self, parses: Sequence[Parse], best_open: float) -> bool:
        """Probabilities only fall: no open sequence overtakes enough whole ones that are likelier, and none counts any
        more once it is negligible beside the likeliest.
        """
        if parses and best_open < parses[0].log_probability + NEGLIGIBLE:
            return True
        return len(parses) >= self._most_parses and parses[self._most_parses - 1].log_probability > best_open

    def _moves(self, paths: Sequence[_Path], scores: Array, types: Types) -> Iterator[_Move]:
        """Yields the likeliest actions after each path, those of the likeliest sequences first."""
        allowed = np.array([types.allowed(path.state, path.column) for path in paths])
        logs = _log_softmax(np.where(allowed, scores, -np.inf))
        best = np.argsort(-logs, axis=1)[:, : self._width]
        found = logs[np.arange(len(paths))[:, None], best]
        sums = found + np.array([[path.log_probability] for path in paths])
        # Lists, because single numbers are slow to read from an array.
        numbers, totals, likely = best.ravel().tolist(), sums.ravel().tolist(), (found >= UNLIKELY).ravel().tolist()
        for at in np.argsort(-sums, axis=None, kind="stable").tolist():
            if likely[at]:
                yield _Move(at // best.shape[1], numbers[at], totals[at])


def _scored(paths: Sequence[_Path], stepper: Stepper, memory: Memory) -> tuple[Array, Memory]:
    last = [path.actions[-1] if path.actions else Keyword.BEGIN for path in paths]
    places = [path.state.place for path in paths]
    return stepper.step(last, places, memory=memory, rows=[path.row for path in paths])


def _followed(path: _Path, move: _Move, types: Types) -> _Path:
    action = _action(move.number)
    column = path.column
    if isinstance(action, Pointer) and types.is_column(action.node):
        column = action.node
    return _Path((*path.actions, action), move.log_probability, path.state.after(action), column, move.row)


def _action(number: int) -> Action:
    return KEYWORDS[number] if number < len(KEYWORDS) else Pointer(number - len(KEYWORDS))


def _log_softmax(scores: Array) -> Array:
    """Of each row; one in which nothing is allowed keeps its infinities."""
    most = np.maximum(scores.max(-1, keepdims=True), _LEAST)
    shifted = scores - most
    logs: Array = shifted - np.log(np.maximum(np.exp(shifted).sum(-1, keepdims=True), _LEAST_SUM))
    return logs
