"""Reads settings from the environment, once, with a clear complaint: it names the key and never the value."""

import os
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from rowcall_contracts.settings import ENV_PREFIX, Settings

FILE_SUFFIX = "_FILE"

S = TypeVar("S", bound=Settings)


class BadSettings(Exception):
    """Settings are missing or wrong; the message lists each with its cure."""


def load_settings(model: type[S]) -> S:
    """Builds the settings; `ROWCALL_X_FILE` stands for `ROWCALL_X` with the file's content.

    Raises:
        BadSettings: a value is missing or wrong, or a file cannot be read.
    """
    files = {name: os.environ.get(_key(name) + FILE_SUFFIX) for name in model.model_fields}
    contents = {name: _content(_key(name) + FILE_SUFFIX, path) for name, path in files.items() if path}
    try:
        return model(**contents)  # type: ignore[arg-type]  # pydantic parses them
    except ValidationError as error:
        faults = [f"{_key(str(fault['loc'][0]))}: {fault['msg']}" for fault in error.errors(include_input=False)]
        raise BadSettings("Mend these settings (docs/settings.md): " + "; ".join(faults)) from error


def _key(name: str) -> str:
    return ENV_PREFIX + name.upper()


def _content(key: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise BadSettings(f"{key}: the file cannot be read ({error.strerror}).") from error
