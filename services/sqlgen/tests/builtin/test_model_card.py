"""The card describes the files that are shipped, and these are as small as promised."""

import hashlib
from importlib.resources import files

import pytest

from rowcall_sqlgen.builtin.trained import FOLDER, PARSER, TRUST

MOST_BYTES = 20 * 2**20
"""Of all trained files together: what a laptop or an image should have to carry for them."""


@pytest.mark.parametrize("name", [PARSER, TRUST])
def test_the_card_names_the_checksum_of_each_file(name: str) -> None:
    checksum = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()

    assert f"`{name}` `{checksum}`" in (FOLDER / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_the_files_are_small() -> None:
    folder = files("rowcall_sqlgen") / "trained"

    assert sum(len(file.read_bytes()) for file in folder.iterdir()) <= MOST_BYTES
