"""`python -m tools.generate.settings` prints the page of settings."""

import sys
from collections.abc import Iterator

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from rowcall_contracts.settings import (
    ENV_PREFIX,
    ExecutorSettings,
    GatewaySettings,
    Settings,
    SqlgenSettings,
    SummarizerSettings,
    WebhooksSettings,
)

SERVICES = (GatewaySettings, SummarizerSettings, SqlgenSettings, ExecutorSettings, WebhooksSettings)

INTRODUCTION = """\
# Settings

Every setting is an environment variable. For each `ROWCALL_X` a file may be given instead as `ROWCALL_X_FILE`; use that
for the secrets, which are marked. `make run` reads a few more of its own, listed at the end.
"""

LOCAL = """\
## `make run`

| Variable | Default | Meaning |
|---|---|---|
| `ROWCALL_PORT` | `8000` | Port of the HTTP API; 0 picks a free one. |
| `ROWCALL_STATE_DIR` | `.rowcall` | Folder for data, logs and keys; kept between starts. |
| `ROWCALL_EMBEDDED_STORE` | `py` | Which embedded store to start: `py` or `rs`. |
| `ROWCALL_KAFKA_BOOTSTRAP` | | Use these brokers instead of starting one. |
| `ROWCALL_MONGO_URL` | | Use this MongoDB instead of starting a store. |
| `ROWCALL_BOOTSTRAP_KEY` | made and kept | Key of the operator. |
| `ROWCALL_MASTER_KEY` | made and kept | Private key that opens sealed secrets. |
"""


def main() -> None:
    """Prints the page."""
    parts = [INTRODUCTION, _section("Every service", Settings, ())]
    parts += [_section(_title(model), model, tuple(Settings.model_fields)) for model in SERVICES]
    sys.stdout.write("\n".join([*parts, LOCAL]))


def _title(model: type[Settings]) -> str:
    return f"`{model.__name__.removesuffix('Settings').lower()}`"


def _section(title: str, model: type[Settings], known: tuple[str, ...]) -> str:
    rows = [_row(name, field) for name, field in model.model_fields.items() if name not in known]
    return "\n".join([f"## {title}\n", "| Variable | Default | Meaning |", "|---|---|---|", *rows, ""])


def _row(name: str, field: FieldInfo) -> str:
    marks = "".join(f" **{mark}**" for mark in _marks(field))
    return f"| `{ENV_PREFIX}{name.upper()}` | {_default(field)} | {field.description}{marks} |"


def _marks(field: FieldInfo) -> Iterator[str]:
    if field.is_required():
        yield "Required."
    if SecretStr.__name__ in str(field.annotation):
        yield "Secret."


def _default(field: FieldInfo) -> str:
    empty = field.default in (None, (), PydanticUndefined)
    return "" if empty else f"`{field.default}`"


if __name__ == "__main__":
    main()
