"""The connection to the demo data, made through the product's own HTTP API."""

from pathlib import Path
from urllib.parse import quote

import httpx

from tools.local.errors import LaptopError

NAME = "demo"
TIMEOUT_S = 30  # creating waits up to 10 s for the check


class DemoConnectionError(LaptopError):
    """The API refused the demo connection."""


def ensure_demo_connection(api: httpx.Client, database: Path) -> str:
    """Returns the id of the connection named `demo`, which is made unless it is there.

    `api` carries base URL and key. Raises `DemoConnectionError`.
    """
    try:
        return _find(api) or _create(api, database)
    except httpx.HTTPStatusError as error:
        raise DemoConnectionError(
            f"{error.request.method} /connections for the demo data answered {error.response.status_code}: "
            f"{error.response.text}"
        ) from error
    except httpx.TransportError as error:
        raise DemoConnectionError(f"The API did not answer: {error!r}") from error


def _find(api: httpx.Client) -> str | None:
    cursor: str | None = None
    while True:
        page = _checked(api.get("/connections", params={"cursor": cursor} if cursor else {})).json()
        for connection in page["data"]:
            if connection["name"] == NAME:
                return str(connection["id"])
        cursor = page["next_cursor"]
        if not cursor:
            return None


def _create(api: httpx.Client, database: Path) -> str:
    body = {"name": NAME, "uri": f"sqlite:///{quote(str(database))}"}
    return str(_checked(api.post("/connections", json=body, timeout=TIMEOUT_S)).json()["id"])


def _checked(response: httpx.Response) -> httpx.Response:
    return response.raise_for_status()
