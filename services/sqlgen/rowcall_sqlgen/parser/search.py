"""Beam search: the likeliest action sequences that the automaton and the types of the data allow."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rowcall_sqlgen.parser.actions import KEYWORDS, Action, Keyword, Pointer
from rowcall_sqlgen.parser.arrays import Array
from rowcall_sqlgen.parser.automaton import Automaton
from rowcall_sqlgen.parser.stepping import Memory, Stepper
from rowcall_sqlgen.parser.typing_rules import Types

UNLIKELY = -12.0
"""Log probability below which an action is not followed."""

_LEAST, _LEAST_SUM = -1e30, 1e-30
"""Nothing real is below: they keep infinities out of what must be a number."""

NEGLIGIBLE = math.log(0.01)
"""Share of the likeliest whole sequence's probability below which no other is waited for."""


@dataclass(frozen=True, slots=True)
class Parse:
    """A whole sequence and the logarithm of its probability."""

    actions: tuple[Action, ...]
    log_probability: float


@dataclass(frozen=True, slots=True)
class _Path:
    actions: tuple[Action, ...]
    log_probability: float
    state: Automaton
    column: int | None  # the column that a value would be compared with
    row: int  # of the decoder's memory


@dataclass(frozen=True, slots=True)
class _Move:
    path: _Path
    action: Action
    log_probability: float
    row: int


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
            moves = sorted(self._moves(paths, scores, types), key=lambda move: -move.log_probability)
            paths = []
            for move in moves:
                actions = (*move.path.actions, move.action)
                if move.action is Keyword.END:
                    parses.append(Parse(actions, move.log_probability))
                elif len(paths) < self._width:
                    paths.append(_followed(move, actions, types))
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
        allowed = np.stack([types.allowed(path.state, path.column) for path in paths])
        logs = _log_softmax(np.where(allowed, scores, -np.inf))
        best = np.argsort(-logs, axis=1)[:, : self._width]
        for row, path in enumerate(paths):
            for number in best[row]:
                if logs[row, number] < UNLIKELY:
                    break
                action = KEYWORDS[number] if number < len(KEYWORDS) else Pointer(int(number) - len(KEYWORDS))
                yield _Move(path, action, path.log_probability + float(logs[row, number]), row)


def _scored(paths: Sequence[_Path], stepper: Stepper, memory: Memory) -> tuple[Array, Memory]:
    last = [path.actions[-1] if path.actions else Keyword.BEGIN for path in paths]
    places = [path.state.place for path in paths]
    return stepper.step(last, places, memory=memory, rows=[path.row for path in paths])


def _followed(move: _Move, actions: tuple[Action, ...], types: Types) -> _Path:
    pointer = move.action if isinstance(move.action, Pointer) else None
    column = pointer.node if pointer and types.is_column(pointer.node) else move.path.column
    return _Path(actions, move.log_probability, move.path.state.after(move.action), column, move.row)


def _log_softmax(scores: Array) -> Array:
    """Of each row; one in which nothing is allowed keeps its infinities."""
    most = np.maximum(scores.max(-1, keepdims=True), _LEAST)
    shifted = scores - most
    logs: Array = shifted - np.log(np.maximum(np.exp(shifted).sum(-1, keepdims=True), _LEAST_SUM))
    return logs
