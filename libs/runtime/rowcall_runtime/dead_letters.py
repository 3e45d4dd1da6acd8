"""Lists undecodable events that were parked, and returns them to the topic they came from once they can be read.

Reading leaves them where they are, and so does returning: the topic is a log that forgets by its retention alone.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from rowcall_contracts.settings import Settings
from rowcall_contracts.topics import DEAD_LETTERS, HEADER_ERROR, HEADER_ORIGIN, TOPICS
from rowcall_runtime.bus import Bus, PublishFailed
from rowcall_runtime.environment import BadSettings, load_settings
from rowcall_runtime.kafka_security import KafkaAccess
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.records import OutgoingRecord, RawRecord

CLIENT_ID = "rowcall-dead-letters"
CONNECT_S = 10.0
POLL_MS = 500
OWN_HEADERS = frozenset({HEADER_ERROR, HEADER_ORIGIN})


class CannotReturn(Exception):
    """A letter does not exist or came from nowhere; the message says which and why."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A parked record: why, since when and whence; `original` is what it was."""

    offset: int
    parked_at: datetime
    origin: str
    reason: str
    original: OutgoingRecord

    @classmethod
    def of(cls, record: RawRecord) -> "Letter":
        """Reads a record of the dead letters' topic; what it says of itself may be missing, never fatal."""
        own = {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers if name in OWN_HEADERS}
        origin = own.get(HEADER_ORIGIN, "")
        return cls(
            offset=record.offset,
            parked_at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
            origin=origin,
            reason=own.get(HEADER_ERROR, ""),
            original=OutgoingRecord(
                topic=origin.partition("/")[0],
                key=record.key or b"",
                value=record.value or b"",
                headers=[header for header in record.headers if header[0] not in OWN_HEADERS],
            ),
        )

    def __str__(self) -> str:
        parked_at = self.parked_at.isoformat(timespec="seconds")
        return f"{self.offset}\t{parked_at}\t{self.origin or '-'}\t{self.reason or '-'}"


class LocalClock:
    """This machine's time; nothing here is compared with what others wrote."""

    def now(self) -> datetime:
        """Returns the present instant."""
        return datetime.now(UTC)


async def dead_letters(access: KafkaAccess) -> list[Letter]:
    """Reads all that are there now, oldest first, without a consumer group; raises KafkaError."""
    await _require_topic(access)
    partition = TopicPartition(DEAD_LETTERS, 0)  # the topic has one
    consumer = AIOKafkaConsumer(**access.client_options(), client_id=CLIENT_ID, enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        end = (await consumer.end_offsets([partition]))[partition]
        found: list[Letter] = []
        while await consumer.position(partition) < end:
            batches = await consumer.getmany(partition, timeout_ms=POLL_MS)
            found += [Letter.of(record) for record in batches.get(partition, ())]
        return [letter for letter in found if letter.offset < end]
    finally:
        await consumer.stop()


async def return_letters(access: KafkaAccess, letters: Sequence[Letter]) -> None:
    """Publishes each again where it came from, in order, as it was there.

    Raises:
        CannotReturn: one of them came from no topic of ours; none is published then.
        PublishFailed: Kafka did not take one; those before it are published.
    """
    for letter in letters:
        if letter.original.topic not in TOPICS:
            raise CannotReturn(f"Letter {letter.offset} came from {letter.origin or 'nowhere'}, which is not ours.")
    bus = Bus(access, LocalClock(), Metrics(), client_id=CLIENT_ID)
    producing = asyncio.create_task(bus.run())
    try:
        async with asyncio.timeout(CONNECT_S):
            await bus.reached()
        for letter in letters:
            await bus.republish(letter.original)
    except TimeoutError as error:
        raise PublishFailed("Kafka is not reached.") from error
    finally:
        producing.cancel()
        await asyncio.gather(producing, return_exceptions=True)


def chosen(letters: Sequence[Letter], offsets: Sequence[int]) -> list[Letter]:
    """Returns the letters with these offsets, oldest first; raises CannotReturn where one is missing."""
    if missing := set(offsets) - {letter.offset for letter in letters}:
        raise CannotReturn(f"There is no letter {min(missing)}; `list` shows those that are there.")
    return [letter for letter in letters if letter.offset in offsets]


async def _require_topic(access: KafkaAccess) -> None:
    admin = AIOKafkaAdminClient(**access.client_options(), client_id=CLIENT_ID)
    try:
        await admin.start()
        present = DEAD_LETTERS in await admin.list_topics()
    finally:
        await admin.close()
    if not present:  # a consumer would wait for it, and might have it made
        raise CannotReturn(f"Topic {DEAD_LETTERS} does not exist; run `python -m rowcall_runtime.migrate`.")


async def _run(arguments: argparse.Namespace) -> str:
    access = KafkaAccess.of(load_settings(Settings))
    letters = await dead_letters(access)
    if arguments.action == "list":
        return "".join(f"{line}\n" for line in ("offset\tparked at\torigin\treason", *letters))
    mine = letters if arguments.all else chosen(letters, arguments.offsets)
    await return_letters(access, mine)
    return f"{len(mine)} returned.\n"


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="rowcall_runtime.dead_letters", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="one line per letter: offset, time, origin, reason")
    returning = actions.add_parser("return", help="publish letters again where they came from")
    which = returning.add_mutually_exclusive_group(required=True)
    which.add_argument("offsets", nargs="*", type=int, default=[], help="the letters' offsets, as `list` shows them")
    which.add_argument("--all", action="store_true", help="every letter that is there")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Runs from the command line; 0 on success, 1 with one line of reason otherwise."""
    arguments = _arguments(given)
    try:
        sys.stdout.write(asyncio.run(_run(arguments)))
    except (BadSettings, CannotReturn, PublishFailed, KafkaError) as error:
        sys.stderr.write(f"rowcall dead letters: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
