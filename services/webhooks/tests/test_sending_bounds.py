"""Hostile receivers: an attempt ends in time, reads a bounded part of the answer, and inflates nothing."""

import asyncio
import gzip
import time
import tracemalloc

import pytest

from rowcall_webhooks.outcomes import SendError
from rowcall_webhooks.sending import SendLimits
from rowcall_webhooks.testing import Answer, MakeSender, Names, Serve

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
SHORT = SendLimits(timeout_s=1)
SLACK_S = 0.5


def repeating(head: bytes, piece: bytes, pause_s: float = 0.0) -> Answer:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return write


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [
        (repeating(b"", b""), None),
        (repeating(b"HTTP/1.1 200 ", b"O", 0.2), None),
        (repeating(b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n", 0.2), None),
        (repeating(b"", b"HTTP/1.1 102 Processing\r\n\r\n", 0.2), None),
        (repeating(HEAD, b"1\r\nx\r\n", 0.2), 200),
        (repeating(HEAD, b"", 0.2), 200),
    ],
    ids=["silence", "drip-status", "drip-headers", "drip-interim", "drip-body", "silence-after-headers"],
)
async def test_one_deadline_covers_every_part_of_the_answer(
    serve: Serve, make_sender: MakeSender, behaviour: Answer, status: int | None
) -> None:
    receiver, sender = await serve(behaviour), await make_sender(SHORT)
    start_s = time.monotonic()
    outcome = await sender.send(receiver.url, headers={}, body=b"{}")
    elapsed_s = time.monotonic() - start_s
    assert (outcome.status, outcome.error, outcome.succeeded) == (status, SendError.TIMEOUT, False)
    assert SHORT.timeout_s - 0.1 <= elapsed_s < SHORT.timeout_s + SLACK_S
    assert 900 <= outcome.duration_ms < 1_500


async def test_the_deadline_covers_a_name_look_up_that_hangs(make_sender: MakeSender) -> None:
    class Hanging(Names):
        async def resolve(self, *_: object, **__: object) -> list[object]:  # type: ignore[override]
            await asyncio.Event().wait()
            return []

    sender = await make_sender(SHORT, resolver=Hanging({}))
    outcome = await sender.send("http://slow.example/", headers={}, body=b"")
    assert outcome.error is SendError.TIMEOUT
    assert outcome.duration_ms < 1_500


async def test_an_endless_answer_is_read_to_the_cap_and_its_connection_dropped(
    serve: Serve, make_sender: MakeSender
) -> None:
    written = 0

    async def pour(writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(HEAD)
        while not writer.is_closing():
            writer.write(b"400\r\n" + b"y" * 0x400 + b"\r\n")
            written += 0x400
            await writer.drain()

    receiver, sender = await serve(pour), await make_sender()
    outcome = await sender.send(receiver.url, headers={}, body=b"{}")
    assert (outcome.status, outcome.error, outcome.succeeded) == (200, None, True)
    assert outcome.answer == "y" * 4096
    assert written < 2**24  # what the kernel's buffers hold, not what the receiver would have given
    await sender.send(receiver.url, headers={}, body=b"{}")
    assert receiver.connections == 2


@pytest.mark.parametrize(("size", "connections"), [(64 * 1024 - 1, 1), (2**20, 2)])
async def test_only_an_answer_below_the_cap_gives_its_connection_back(
    serve: Serve, make_sender: MakeSender, size: int, connections: int
) -> None:
    receiver = await serve(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"z" * size)
    sender = await make_sender()
    for _ in range(2):
        assert (await sender.send(receiver.url, headers={}, body=b"{}")).succeeded
    assert receiver.connections == connections


async def test_a_gzip_bomb_is_never_inflated(serve: Serve, make_sender: MakeSender) -> None:
    bomb = gzip.compress(b"\0" * 2**26)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    receiver, sender = await serve(head + bomb), await make_sender()
    tracemalloc.start()
    try:
        outcome = await sender.send(receiver.url, headers={}, body=b"{}")
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert outcome.succeeded
    assert outcome.answer.encode("latin-1", "replace")[:1] == b"\x1f"
    assert peak_bytes < 2**21


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-Endless: 1\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x" * 1024),
        (b"HTTP/1.1 200 ", b"O" * 1024),
    ],
    ids=["headers", "header-value", "reason"],
)
async def test_endless_heads_end_early_and_small(
    serve: Serve, make_sender: MakeSender, head: bytes, piece: bytes
) -> None:
    receiver, sender = await serve(repeating(head, piece)), await make_sender()
    outcome = await sender.send(receiver.url, headers={}, body=b"{}")
    assert outcome.error in {SendError.INVALID_ANSWER, SendError.CONNECTION_RESET}
    assert outcome.duration_ms < 2_000


@pytest.mark.parametrize(
    ("head", "piece"),
    [(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 64), (HEAD + b"1;", b"x" * 1024)],
    ids=["interim-answers", "chunk-extension"],
)
async def test_other_endless_answers_end_at_the_deadline(
    serve: Serve, make_sender: MakeSender, head: bytes, piece: bytes
) -> None:
    receiver = await serve(repeating(head, piece))
    outcome = await (await make_sender(SHORT)).send(receiver.url, headers={}, body=b"{}")
    assert not outcome.succeeded
    assert outcome.duration_ms < 1_500


async def test_attempts_to_one_host_are_few_at_once_and_waiting_is_not_held_against_it(
    serve: Serve, make_sender: MakeSender
) -> None:
    now = peak = 0

    async def slow(writer: asyncio.StreamWriter) -> None:
        nonlocal now, peak
        now += 1
        peak = max(peak, now)
        await asyncio.sleep(0.3)
        now -= 1
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    receiver = await serve(slow)
    sender = await make_sender(SendLimits(timeout_s=0.8, per_host=2))
    # Eight attempts of 0.3 s, two at once, take 1.2 s: above the deadline of each.
    outcomes = await asyncio.gather(*(sender.send(receiver.url, headers={}, body=b"{}") for _ in range(8)))
    assert [outcome.succeeded for outcome in outcomes] == [True] * 8
    assert peak == 2
    assert max(outcome.duration_ms for outcome in outcomes) < 800


async def test_a_hanging_host_does_not_slow_another(serve: Serve, make_sender: MakeSender) -> None:
    hanging, healthy = await serve(repeating(b"", b"", 0.2)), await serve(b"HTTP/1.1 204 No Content\r\n\r\n")
    sender = await make_sender(SHORT)
    async with asyncio.TaskGroup() as tasks:
        stuck = [tasks.create_task(sender.send(hanging.url, headers={}, body=b"{}")) for _ in range(8)]
        outcomes = [await sender.send(healthy.url, headers={}, body=b"{}") for _ in range(20)]
        assert not any(task.done() for task in stuck)
    assert all(outcome.succeeded and outcome.duration_ms < 500 for outcome in outcomes)


async def test_a_cancelled_attempt_frees_its_slot_and_drops_its_connection(
    serve: Serve, make_sender: MakeSender
) -> None:
    arrived = asyncio.Semaphore(0)

    async def hang(_: asyncio.StreamWriter) -> None:
        arrived.release()
        await asyncio.Event().wait()

    receiver = await serve(hang)
    sender = await make_sender(SendLimits(timeout_s=5, per_host=1))
    for _ in range(3):
        task = asyncio.create_task(sender.send(receiver.url, headers={}, body=b"{}"))
        async with asyncio.timeout(3):
            await arrived.acquire()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert receiver.connections == 3
