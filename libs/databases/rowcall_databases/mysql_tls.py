"""How a MySQL connection is encrypted, by the `ssl-mode` of its URI."""

import ssl
from enum import StrEnum

from rowcall_databases.server_location import MysqlLocation


class TlsMode(StrEnum):
    """MySQL's own modes (reference manual 8.4, section 8.3.1) but VERIFY_CA, which would take anybody's host."""

    DISABLED = "disabled"
    PREFERRED = "preferred"  # encrypted where the server can
    REQUIRED = "required"  # encrypted, whoever the server is
    VERIFY_IDENTITY = "verify_identity"  # a certificate that this system trusts and that names the host


def tls_mode(location: MysqlLocation) -> TlsMode:
    """Returns what the URI asks for."""
    return TlsMode(dict(location.options).get("ssl-mode", TlsMode.PREFERRED))


def tls_context(mode: TlsMode) -> ssl.SSLContext | None:
    """Returns the context without which PyMySQL must not go on; `None` where it may stay unencrypted."""
    match mode:
        case TlsMode.VERIFY_IDENTITY:
            return ssl.create_default_context()
        case TlsMode.REQUIRED:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            return context
        case TlsMode.PREFERRED | TlsMode.DISABLED:
            return None
