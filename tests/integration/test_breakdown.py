"""Several questions in one text: cut, answered one by one, told together."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.integration.api import Api, Body


def _asked(api: Api, connection_id: str, question: str) -> Body:
    """Asks with a breakdown and returns the ended job."""
    given = {"question": question, "connection_id": connection_id, "breakdown": True, "max_rows": 100_000}
    return api.ended(str(api.submit("chat", given)["id"]))


def test_each_question_has_its_statement_rows_and_sentence(api: Api, demo: str, flights: Path) -> None:
    job = _asked(api, demo, "In 2013, how many flights were there per month, and how many were there from JFK?")
    assert job["state"] == "succeeded", job
    output = job["output"]

    with closing(sqlite3.connect(flights)) as database:
        direct = [[list(row) for row in database.execute(task["sql"])] for task in output["tasks"]]
    assert [task["rows"] for task in output["tasks"]] == direct
    assert len(direct[0]) == 12
    assert direct[1] == [[111_279]]
    assert [task["id"] for task in output["tasks"]] == ["1", "2"]
    assert output["answer"] == "\n".join(task["answer"] for task in output["tasks"])
    assert output["tasks"][0]["chart"]["$schema"].endswith("v5.json")
    assert output["sql"] is None


def test_what_is_not_understood_takes_nothing_from_the_rest_and_large_results_are_paged(api: Api, demo: str) -> None:
    job = _asked(api, demo, "1. Show the tail number and seats of planes\n2. How happy were the passengers?")
    assert job["state"] == "succeeded", job
    planes, passengers = job["output"]["tasks"]

    assert len(planes["rows"]) <= 100 < planes["row_count"] == 3_322
    page = api.client.get(planes["rows_url"], params={"offset": 3_300, "limit": 50}).json()
    assert (len(page["rows"]), page["row_count"]) == (22, 3_322)
    assert "happy" in passengers["clarification"]["words"]
    assert passengers["sql"] is None
    assert "Not answered: “How happy were the passengers?”" in job["output"]["answer"]


def test_when_nothing_is_understood_the_question_back_names_all(api: Api, demo: str) -> None:
    job = _asked(api, demo, "How happy were the passengers? What was the revenue per ticket?")
    assert job["state"] == "needs_input", job
    assert {"happy", "revenue"} <= set(job["output"]["clarification"]["words"])
    assert [task["rows"] for task in job["output"]["tasks"]] == [[], []]


def test_one_question_is_answered_as_without_a_breakdown(api: Api, demo: str) -> None:
    broken_down, whole = _asked(api, demo, "How many flights are there?"), api.ask(demo, "How many flights are there?")
    assert broken_down["output"].keys() == whole["output"].keys()
    assert "tasks" not in whole["output"]
    for name in whole["output"].keys() - {"timings", "rows_url", "candidates"}:
        assert broken_down["output"][name] == whole["output"][name]
