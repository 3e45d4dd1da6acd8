"""The command line: JSON lines in, JSON lines out."""

import json
import subprocess
import sys

import pytest
from pydantic import ValidationError

from rowcall_sqlguard.__main__ import answers


def answer(**question: object) -> dict[str, object]:
    (line,) = answers([json.dumps({"id": "1", **question})])
    decoded: dict[str, object] = json.loads(line)
    return decoded


def test_an_allowed_statement_comes_back_rewritten() -> None:
    assert answer(dialect="sqlite", sql="select 1 -- x") == {
        "id": "1",
        "allowed": True,
        "reason": None,
        "rewritten": "SELECT 1 LIMIT 10001",
    }


def test_a_refused_statement_comes_back_with_its_reason() -> None:
    assert answer(dialect="mysql", sql="SELECT sleep(1)") == {
        "id": "1",
        "allowed": False,
        "reason": "function-not-allowed",
        "rewritten": None,
    }


def test_any_dialect_means_all_of_them() -> None:
    assert answer(dialect="any", sql="SELECT col FROM t")["allowed"] is True
    assert answer(dialect="any", sql="SELECT json_each(a) FROM t")["allowed"] is False


def test_protected_columns_are_denied() -> None:
    protected = {"staff": ["password"]}

    found = answer(dialect="postgres", sql="SELECT password FROM staff", protected=protected)
    assert (found["allowed"], found["reason"]) == (False, "column-protected")
    assert answer(dialect="any", sql="SELECT s.name FROM staff AS s", protected=protected)["allowed"] is True


def test_an_unknown_dialect_is_an_error() -> None:
    with pytest.raises(ValidationError):
        answer(dialect="oracle", sql="SELECT 1")


def test_the_module_runs_as_a_program() -> None:
    lines = '{"id": "a", "dialect": "postgres", "sql": "DROP TABLE t", "source": "x"}\n\n'
    done = subprocess.run(
        [sys.executable, "-m", "rowcall_sqlguard"], input=lines, capture_output=True, text=True, check=True, timeout=30
    )

    assert json.loads(done.stdout) == {"id": "a", "allowed": False, "reason": "not-a-query", "rewritten": None}
    assert done.stderr == ""
