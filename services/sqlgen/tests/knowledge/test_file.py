"""The knowledge file: what is wrong is named by line, member and cure, and nothing of it is used."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rowcall_sqlgen.knowledge.file import LARGEST_BYTES, BadKnowledge, read_knowledge

GOOD = """\
pairs:
  - question: How many flights were late?
    sql: SELECT COUNT(*) FROM flights WHERE dep_delay > 15
    connection: conn_1
terms:
  - name: late
    synonyms: [delayed]
    means: flights.dep_delay > 15
    description: More than a quarter of an hour
instructions:
  - Distances are in miles.
"""
PAIR = "pairs:\n- question: How many?\n  sql: SELECT 1\n"
TERM = "terms:\n- name: late\n  means: "

BAD: dict[str, tuple[str, str, str]] = {
    "no-mapping": ("- a", ":1:", "must be a mapping"),
    "text-alone": ("hello", ":1:", "must be a mapping"),
    "unknown-member": (f"{PAIR}pears: []\n", ":4: pears:", "is not known; remove it"),
    "unknown-member-of-pair": (f"{PAIR}  answer: '1'\n", ":4: pairs[1].answer:", "is not known"),
    "member-twice": (f"{PAIR}  sql: SELECT 2\n", ":4: pairs[1].sql:", "stands twice"),
    "section-twice": (f"{PAIR}pairs: []\n", ":4: pairs:", "stands twice"),
    "question-missing": ("pairs:\n- sql: SELECT 1\n", ":2: pairs[1].question:", "is missing"),
    "sql-missing": ("pairs:\n- question: a b\n", ":2: pairs[1].sql:", "is missing"),
    "means-missing": ("terms:\n- name: late\n", ":2: terms[1].means:", "is missing"),
    "second-pair": (f"{PAIR}- question: Which?\n", ":4: pairs[2].sql:", "is missing"),
    "no-list": ("pairs: How many?\n", ":1: pairs:", "must be a list"),
    "mapping-for-list": ("instructions:\n  a: b\n", ":1: instructions:", "must be a list"),
    "pair-is-text": ("pairs:\n- How many?\n", ":2: pairs[1]:", "must be a mapping"),
    "number": ("pairs:\n- question: 2013\n  sql: SELECT 1\n", ":2: pairs[1].question:", "put it into quotes"),
    "yes-or-no": (f"{TERM}flights.x\n- name: no\n  means: flights.y\n", ":4: terms[2].name:", "put it into quotes"),
    "empty-value": ("pairs:\n- question:\n  sql: SELECT 1\n", ":2: pairs[1].question:", "empty"),
    "empty-text": ("pairs:\n- question: ''\n  sql: SELECT 1\n", ":2: pairs[1].question:", "at least 1 character"),
    "question-without-word": ("pairs:\n- question: '?'\n  sql: SELECT 1\n", ":2: pairs[1].question:", "holds no word"),
    "same-question": (f"{PAIR}- question: how  many\n  sql: SELECT 2\n", ":4: pairs[2].question:", "pairs[1] too"),
    "same-term": (f"{TERM}flights.x\n- name: Late\n  means: flights.y\n", ":4: terms[2].name:", "terms[1] too"),
    "same-synonym": (
        f"{TERM}flights.x\n- name: tardy\n  synonyms: [late]\n  means: flights.y\n",
        ":4: terms[2].name:",
        "terms[1] too",
    ),
    "long-name": ("terms:\n- name: a b c d e f g h\n  means: flights.x\n", ":2: terms[1].name:", "one to 6 words"),
    "name-without-word": ("terms:\n- name: the\n  means: flights.x\n", ":2: terms[1].name:", "has no word"),
    "bare-column": (f"{TERM}dep_delay > 15\n", ":3: terms[1].means:", "write each column as `table.column`"),
    "no-sql": (f"{TERM}more than a quarter of an hour\n", ":3: terms[1].means:", "write one of these in SQL"),
    "select": (f"{TERM}flights.x IN (SELECT 1)\n", ":3: terms[1].means:", "holds a SELECT"),
    "two-statements": (f"{TERM}flights.x; DROP TABLE flights\n", ":3: terms[1].means:", "in SQL"),
    "end-of-select": (f"{TERM}flights.x FROM flights\n", ":3: terms[1].means:", "in SQL"),
    "count-of-all": (f"{TERM}COUNT(*)\n", ":3: terms[1].means:", "or none at all"),
    "scalar": (f"{TERM}flights.x + flights.y\n", ":3: terms[1].means:", "in SQL"),
    "condition-on-aggregate": (f"{TERM}AVG(flights.x) > 3\n", ":3: terms[1].means:", "define the measure"),
    "no-yaml": ("pairs:\n- question: [a\n", ":3:", "the file is not YAML"),
    "tab": ("pairs:\n\t- a\n", ":2:", "the file is not YAML"),
    "two-documents": (f"{PAIR}---\n{PAIR}", ":4:", "the file is not YAML"),
    "control-character": ("pairs: \x00", "", "a character that YAML forbids"),
    "alias": ("pairs: &p []\nterms: *p\n", ":1:", "put the text into quotes"),
    "tag": ("pairs: !!python/object:os.system []\n", ":1:", "put the text into quotes"),
    "brackets": ("[" * 100_000, ":1:", "nested too deeply"),
    "blocks": ("".join(f"{' ' * i}a:\n" for i in range(40)), ":9:", "nested too deeply"),
    "instruction-is-list": ("instructions:\n- [a]\n", ":2: instructions[1]:", "must be text"),
    "too-many-instructions": ("instructions:\n" + "- a\n" * 51, ":1: instructions:", "at most 50 items"),
    "too-large": ("#" * (LARGEST_BYTES + 1), "", "keep the pairs that matter"),
    "no-text": ("pairs:\n- question: a\n  sql: SELECT 1\n  2013: x\n", ":4: pairs[1].?:", "is no name of a member"),
}


def _written(folder: Path, text: str) -> Path:
    file = folder / "knowledge.yaml"
    file.write_bytes(text.encode())
    return file


def test_good_file_is_read_whole(tmp_path: Path) -> None:
    knowledge = read_knowledge(_written(tmp_path, GOOD))
    assert [pair.question for pair in knowledge.pairs] == ["How many flights were late?"]
    assert knowledge.terms[0].names == ("late", "delayed")
    assert knowledge.instructions == ("Distances are in miles.",)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "{}", "pairs: []\nterms: []\ninstructions: []\n"])
def test_empty_file_holds_nothing(tmp_path: Path, text: str) -> None:
    assert read_knowledge(_written(tmp_path, text)).version == ""


@pytest.mark.parametrize("case", BAD)
def test_fault_is_named_with_file_line_member_and_cure(tmp_path: Path, case: str) -> None:
    text, place, cure = BAD[case]
    file = _written(tmp_path, text)
    with pytest.raises(BadKnowledge) as raised:
        read_knowledge(file)
    message = str(raised.value)
    assert message.startswith(f"{file}{place}")
    assert cure in message


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadKnowledge) as raised:
        read_knowledge(_written(tmp_path, "terms:\n" + "- name: late\n" * 30))
    lines = str(raised.value).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "and 10 more"


def test_content_is_not_repeated_in_complaints(tmp_path: Path) -> None:
    with pytest.raises(BadKnowledge) as raised:
        read_knowledge(_written(tmp_path, f"{TERM}secret_name = 'Jane Roe'\n- name: 5\n  means: [hidden]\n"))
    assert not any(text in str(raised.value) for text in ("Jane", "secret", "hidden"))


def test_missing_file_and_other_encodings_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadKnowledge, match=r"missing\.yaml: the file cannot be read"):
        read_knowledge(tmp_path / "missing.yaml")
    (tmp_path / "latin.yaml").write_bytes("pairs: [é]".encode("latin-1"))
    with pytest.raises(BadKnowledge, match="not UTF-8"):
        read_knowledge(tmp_path / "latin.yaml")


def test_version_follows_the_content_and_not_its_spelling(tmp_path: Path) -> None:
    first = read_knowledge(_written(tmp_path, GOOD)).version
    assert read_knowledge(_written(tmp_path, f"# again\n{GOOD}\n")).version == first
    assert read_knowledge(_written(tmp_path, GOOD.replace("15", "20"))).version != first


def test_service_does_not_start_with_a_wrong_file(tmp_path: Path) -> None:
    file = _written(tmp_path, "pairs: 5\n")
    nowhere = {"ROWCALL_MONGO_URL": "mongodb://127.0.0.1:1/x", "ROWCALL_KAFKA_BOOTSTRAP": "127.0.0.1:1"}
    ended = subprocess.run(
        [sys.executable, "-m", "rowcall_sqlgen"],
        env={**os.environ, **nowhere, "ROWCALL_KNOWLEDGE_FILE": str(file)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode != 0
    assert f"{file}:1: pairs: is not text to YAML" in ended.stderr
    assert "Traceback" not in ended.stderr
