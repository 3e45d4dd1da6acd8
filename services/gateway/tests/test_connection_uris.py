"""What may be shown of a connection's URI, and which URIs no executor could open."""

import pytest

from rowcall_gateway.connections.uris import uri_hint
from rowcall_gateway.problems import Refusal

SECRET = "hunter2-not-for-logs"


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_of_a_server_only_scheme_and_host_are_shown(scheme: str) -> None:
    assert uri_hint(f"{scheme}://reader:{SECRET}@db.example.com:3306/flights?x=y") == f"{scheme}://db.example.com"


@pytest.mark.parametrize(
    "uri",
    [
        f"oracle://u:{SECRET}@db.example.com/d",
        f"mysql+pyodbc://u:{SECRET}@db.example.com/d",
        f"mysql:u:{SECRET}@db.example.com/d",
        f"mysql:///{SECRET}",
        f"mysql://u:{SECRET}/@db.example.com/d",
        f"mysql://u:{SECRET} @db.example.com/d",
    ],
)
def test_what_no_executor_could_open_is_refused_and_not_repeated(uri: str) -> None:
    with pytest.raises(Refusal) as refused:
        uri_hint(uri)

    assert SECRET not in str(refused.value)
