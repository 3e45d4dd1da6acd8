"""What can be said about a connection's URI without opening anything; where it leads is judged by the executor."""

from pathlib import PurePosixPath
from urllib.parse import SplitResult, urlsplit

from rowcall_gateway.problems import Refusal

POINTER = "/uri"
FILE_SCHEMES = frozenset({"sqlite", "duckdb"})
HOST_SCHEMES = frozenset({"postgresql", "mysql"})


def uri_hint(uri: str) -> str:
    """Returns what may be shown of a URI: its scheme and its host or file name.

    Raises:
        Refusal: it is not one that any executor could open; the URI is not repeated.
    """
    if not uri.isascii() or not uri.isprintable() or " " in uri:
        raise _refused("A URI is printable ASCII without spaces; write other characters as `%XX`.")
    try:
        parts = urlsplit(uri)
        _ = parts.port  # raises when it is no number, as after an unescaped `/` in a password
    except ValueError:
        raise _refused("Host or port cannot be read; write special characters in passwords as `%XX`.") from None
    if "://" not in uri or parts.scheme not in FILE_SCHEMES | HOST_SCHEMES:
        raise _refused("A URI starts with `sqlite:////`, `duckdb:////`, `postgresql://` or `mysql://`.")
    return f"{parts.scheme}://{_file_name(parts) if parts.scheme in FILE_SCHEMES else _host(parts)}"


def _file_name(parts: SplitResult) -> str:
    name = PurePosixPath(parts.path).name
    if parts.netloc or not parts.path.startswith("//") or not name:
        raise _refused("A database file has an absolute path, with four slashes: `sqlite:////folder/file.db`.")
    return name


def _host(parts: SplitResult) -> str:
    if "@" in parts.path + parts.query + parts.fragment:
        raise _refused("An `@` follows the host; write special characters in passwords as `%XX`.")
    if not parts.hostname:
        raise _refused(f"A URI of a server names its host: `{parts.scheme}://user:password@host/database`.")
    return parts.hostname


def _refused(detail: str) -> Refusal:
    return Refusal.at(POINTER, detail)
