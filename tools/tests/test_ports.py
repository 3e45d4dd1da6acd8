import os
import socket

import pytest

from tools.local.ports import PortTakenError, accepts, free_port, require_free


def test_a_taken_port_is_named_with_its_holder_and_the_cure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTakenError) as caught:
            require_free(port, setting="ROWCALL_PORT")
    assert str(caught.value).startswith(f"Port {port} is taken by process {os.getpid()}. Stop what uses it")
    assert "ROWCALL_PORT=" in str(caught.value)


def test_a_free_port_can_be_had_and_answers_nobody() -> None:
    port = free_port()
    require_free(port, setting="ROWCALL_PORT")
    assert not accepts(port)


def test_a_free_port_is_none_that_connections_are_made_from() -> None:
    assert max(free_port() for _ in range(20)) < 32_768
