from pathlib import Path

import pytest

from tools.checks.publishing import main

RUNTIME = Path("libs/runtime/rowcall_runtime")
SERVICE = Path("services/sqlgen/rowcall_sqlgen")


def plant(root: Path, place: Path, source: str) -> int:
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / place).write_text(source)
    return main(root)


@pytest.mark.parametrize(
    "source",
    [
        "async def f(self): await self._producer.send(b'')",
        "async def f(producer): await producer.send_and_wait('t', b'')",
        "async def f(broker): await broker.publish({})",
        "async def f(): await make_broker().publish_batch([])",
        "from aiokafka import AIOKafkaProducer",
    ],
)
@pytest.mark.parametrize("place", [SERVICE / "handler.py", SERVICE / "bus.py", RUNTIME / "worker.py"])
def test_whatever_publishes_elsewhere_is_found(tmp_path: Path, place: Path, source: str) -> None:
    assert plant(tmp_path, place, source) == 1


@pytest.mark.parametrize("place", [RUNTIME / "bus.py", RUNTIME / "outbox.py", SERVICE / "tests" / "test_a.py"])
def test_the_bus_the_outbox_and_tests_may_publish(tmp_path: Path, place: Path) -> None:
    assert plant(tmp_path, place, "async def f(producer): await producer.send('t', b'')") == 0


def test_sending_over_http_is_not_publishing(tmp_path: Path) -> None:
    assert plant(tmp_path, SERVICE / "sending.py", "async def f(client, socket): client.send(1); socket.send(b'')") == 0
