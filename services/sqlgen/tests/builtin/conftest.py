"""The trained parts as they are shipped."""

import pytest

from rowcall_sqlgen.builtin.answering import Answering
from rowcall_sqlgen.builtin.trained import trained_answering


@pytest.fixture(scope="session")
def answering() -> Answering:
    return trained_answering()
