"""Ordinary work side by side, suspects alone, and a gate that no cancellation leaves shut."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from libs.runtime.tests.waiting import until
from rowcall_runtime.solitude import Solitude


class Visitor:
    """One holder of the gate, let in and out by the test."""

    def __init__(self, gate: Solitude, *, alone: bool) -> None:
        self.inside = False
        self._leave = asyncio.Event()
        self.task = asyncio.create_task(self._visit(gate, alone=alone))

    async def leave(self) -> None:
        self._leave.set()
        await self.task

    async def _visit(self, gate: Solitude, *, alone: bool) -> None:
        async with gate.enter(alone=alone):
            self.inside = True
            try:
                await self._leave.wait()
            finally:
                self.inside = False


Settle = Callable[[], Awaitable[None]]


@pytest.fixture
def settle() -> Settle:
    """Lets every ready task run until it waits."""

    async def rounds() -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    return rounds


async def test_ordinary_holders_are_inside_together(settle: Settle) -> None:
    gate = Solitude()
    visitors = [Visitor(gate, alone=False) for _ in range(3)]
    await settle()
    assert all(visitor.inside for visitor in visitors)
    for visitor in visitors:
        await visitor.leave()


async def test_a_solitary_holder_waits_for_all_and_keeps_everybody_else_out(settle: Settle) -> None:
    gate = Solitude()
    first = Visitor(gate, alone=False)
    await settle()
    suspect = Visitor(gate, alone=True)
    await settle()
    late = Visitor(gate, alone=False)
    await settle()
    assert (first.inside, suspect.inside, late.inside) == (True, False, False)
    await first.leave()
    await settle()
    assert (suspect.inside, late.inside) == (True, False)
    await suspect.leave()
    await settle()
    assert late.inside
    await late.leave()


async def test_two_solitary_holders_take_turns(settle: Settle) -> None:
    gate = Solitude()
    suspects = [Visitor(gate, alone=True) for _ in range(2)]
    await settle()
    assert sum(suspect.inside for suspect in suspects) == 1
    await next(suspect for suspect in suspects if suspect.inside).leave()
    await settle()
    assert sum(suspect.inside for suspect in suspects) == 1
    await next(suspect for suspect in suspects if suspect.inside).leave()


async def test_a_solitary_holder_that_gives_up_waiting_lets_the_others_in(settle: Settle) -> None:
    gate = Solitude()
    first = Visitor(gate, alone=False)
    await settle()
    suspect, late = Visitor(gate, alone=True), Visitor(gate, alone=False)
    await settle()
    suspect.task.cancel()
    await settle()
    assert late.inside
    await first.leave()
    await late.leave()


@pytest.mark.parametrize("seed", range(10))
async def test_cancellations_at_any_moment_never_shut_the_gate_for_good(seed: int, settle: Settle) -> None:
    chance = random.Random(seed)
    gate = Solitude()
    visitors: list[Visitor] = []
    for _ in range(60):
        visitors.append(Visitor(gate, alone=chance.random() < 0.3))
        for _ in range(chance.randrange(3)):
            await asyncio.sleep(0)
        for _ in range(chance.randrange(3)):
            chance.choice(visitors).task.cancel()
        inside = [visitor for visitor in visitors if visitor.inside]
        if inside and chance.random() < 0.5:
            chance.choice(inside).task.cancel()
            await asyncio.sleep(0)
    for _ in range(2):
        for visitor in visitors:
            visitor.task.cancel()
        await settle()
    await until(lambda: all(visitor.task.done() for visitor in visitors))
    for alone in (True, False):
        async with asyncio.timeout(1), gate.enter(alone=alone):
            pass
