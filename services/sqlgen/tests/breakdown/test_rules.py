"""Which texts are cut into which questions, and which stay whole."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowcall_sqlgen.breakdown.rules import LONGEST_QUESTION, cut_by_rules

CUT = [
    # sentences
    (
        "How many flights were there in 2013? Which airline had the most flights?",
        "How many flights were there in 2013? | Which airline had the most flights?",
    ),
    (
        "Hello. I have two questions. How many flights are there? How many planes are there?",
        "How many flights are there? | How many planes are there?",
    ),
    (
        "First, how many flights are there? Second, how many planes are there?",
        "how many flights are there? | how many planes are there?",
    ),
    ("Number of flights. Number of planes.", "Number of flights | Number of planes"),
    ("How many flights are there; how many planes are there", "How many flights are there | how many planes are there"),
    ("How many flights are there?\nHow many planes?", "How many flights are there? | How many planes?"),
    ("Wie viele Flüge gibt es? Wie viele Flugzeuge?", "Wie viele Flüge gibt es? | Wie viele Flugzeuge?"),
    (
        "How many planes are there in St. Louis? How many are in Boston?",
        "How many planes are there in St. Louis? | How many planes are in Boston?",
    ),
    (
        'How many songs are called "Why? Because."? How many albums are there?',
        'How many songs are called "Why? Because."? | How many albums are there?',
    ),
    # lists
    (
        "1. How many flights are there?\n2. How many planes are there?",
        "How many flights are there? | How many planes are there?",
    ),
    (
        "1) How many flights are there? 2) How many planes are there? 3) Which airline has the most flights?",
        "How many flights are there? | How many planes are there? | Which airline has the most flights?",
    ),
    ("Please answer:\n- number of flights\n- number of planes", "number of flights | number of planes"),
    (
        "For flights from JFK:\n- how many are there?\n- what is the average arrival delay?",
        "For flights from JFK, how many flights are there? | For flights from JFK, what is the average arrival delay?",
    ),
    (
        "Show for each airline:\n* the number of flights\n* the average arrival delay",
        "Show for each airline the number of flights | Show for each airline the average arrival delay",
    ),
    # clauses
    (
        "How many flights are there, and also which airline has the most flights?",
        "How many flights are there | which airline has the most flights?",
    ),
    (
        "How many flights are there and which airline has the most?",
        "How many flights are there | which airline has the most flights?",
    ),
    ("List all airlines, and show the five largest airports", "List all airlines | show the five largest airports"),
    (
        "Can you tell me how many flights there were and which airline had the most flights?",
        "how many flights there were | which airline had the most flights?",
    ),
    (
        "Which airline has the most flights and which has the fewest?",
        "Which airline has the most flights | Which airline has the fewest flights",
    ),
    (
        "How many flights were made by Delta and how many were made by JetBlue?",
        "How many flights were made by Delta | how many flights were made by JetBlue?",
    ),
    (
        "Who are the five oldest passengers and who are the five youngest?",
        "Who are the five oldest passengers | who are the five youngest passengers?",
    ),
    # what is said once
    (
        "In 2013, how many flights were there and which airline had the most flights?",
        "In 2013, how many flights were there | In 2013, which airline had the most flights?",
    ),
    (
        "In 2013: How many flights were there? Which airline had the most in 2012?",
        "In 2013, How many flights were there? | Which airline had the most in 2012?",
    ),
    (
        "How many flights were there and which airline had the most flights in March 2013?",
        "How many flights were there in March 2013 | which airline had the most flights in March 2013?",
    ),
    (
        "How many airlines are there and how many flights were there in 2013?",
        "How many airlines are there | how many flights were there in 2013?",
    ),
    (
        "Consider only flights from JFK. How many are there? What is the average arrival delay?",
        "for flights from JFK, How many flights are there? | for flights from JFK, What is the average arrival delay?",
    ),
    # pronouns
    (
        "How many flights departed from JFK in 2013, and what was their average arrival delay?",
        (
            "How many flights departed from JFK in 2013"
            " | what was the average arrival delay of the flights that departed from JFK in 2013?"
        ),
    ),
    (
        "How many flights departed from JFK in 2013 and their average delay",
        "How many flights departed from JFK in 2013 | the average delay of the flights that departed from JFK in 2013",
    ),
    (
        "How many flights left JFK? How many of them went to LAX?",
        "How many flights left JFK? | How many of the flights that left JFK went to LAX?",
    ),
    (
        "Which airline has the most flights and what is its average arrival delay?",
        (
            "Which airline has the most flights"
            " | what is the average arrival delay of the airline that has the most flights?"
        ),
    ),
    # comparisons
    (
        "Compare the number of flights from JFK and LGA in 2013",
        "the number of flights from JFK in 2013 | the number of flights from LGA in 2013",
    ),
    (
        "Compare the number of flights from JFK, LGA and EWR",
        "the number of flights from JFK | the number of flights from LGA | the number of flights from EWR",
    ),
    ("Compare Delta and United by average delay", "average delay of Delta | average delay of United"),
    (
        "Compare the number of flights in January and February",
        "the number of flights in January | the number of flights in February",
    ),
    ("Compare the number of flights and the number of planes", "the number of flights | the number of planes"),
    (
        "Compare the average arrival delay of Delta and United per month",
        "the average arrival delay of Delta per month | the average arrival delay of United per month",
    ),
    ("Compare Boeing and Airbus planes", "Boeing planes | Airbus planes"),
    (
        "What is the average arrival delay of Delta versus United?",
        "What is the average arrival delay of Delta | What is the average arrival delay of United",
    ),
    ("How does Delta compare to United in average delay?", "average delay of Delta | average delay of United"),
    (
        "In 2013, compare the number of flights from JFK and LGA",
        "In 2013, the number of flights from JFK | In 2013, the number of flights from LGA",
    ),
]

WHOLE = [
    "",
    "   ??? !!!",
    "How many flights are there?",
    "How many flights and planes are there by year?",
    "Number of flights and average arrival delay by carrier",
    "Compare the number of flights and the average delay by carrier",
    "For each airline, how many flights are there and what is the average delay?",
    "What is the number of flights and what is the average arrival delay per carrier?",
    "What are the minimum, maximum and average air time of flights?",
    "Show the id and name of airlines",
    "List the airlines and how many flights each has",
    "List the airlines and their number of flights",
    "Show each airline and count the number of flights for each",
    "Count the flights and list them by month",
    "Find the airports with the most arrivals and the most departures",
    "How many flights go to LAX and SFO?",
    "Which airlines fly to JFK and which do not?",
    "Which airline has the most flights and how many?",
    "How many airports are there which are in Texas and which have an altitude above 100?",
    "Show flights from JFK. Sort them by distance. Only the first 10.",
    "Show the airlines. Also show their number of flights.",
    "How many flights did Delta Air Lines Inc. operate?",
    "How many flights were longer than 3.5 hours?",
    'Which movie is called "Who? What?"',
    'How many books are called "How many? And which?" or "1. One 2. Two"?',
    "What is the highest altitude? Which airport is it?",
    "I like flights. How many are there?",
    "How many flights are there? Thank you!",
    "Our figures for 2013:\n- how many flights?\n- how many planes?",
    "x" * 5_000 + "? " + "y" * 10 + "?",
]


@pytest.mark.parametrize(("text", "questions"), CUT)
def test_a_text_with_several_questions_is_cut_into_complete_ones(text: str, questions: str) -> None:
    assert cut_by_rules(text) == tuple(questions.split(" | "))


@pytest.mark.parametrize("text", WHOLE)
def test_what_one_statement_answers_or_nobody_can_tell_stays_as_it_is(text: str) -> None:
    assert cut_by_rules(text) == (text,)


@pytest.mark.parametrize("text", [text for text, _ in CUT])
def test_cut_questions_are_not_cut_again(text: str) -> None:
    assert all(cut_by_rules(question) == (question,) for question in cut_by_rules(text))


_PIECES = st.sampled_from(
    "how many|flights|and|, |? |. |; |compare|their|it|in 2013|per|each|1. |2) |\n- |\"|“|'|which|the most|of|Delta"
    "|show|\ue000|of them|:|vs| ".split("|")
)


@given(pieces=st.lists(_PIECES, max_size=60))
def test_any_text_gives_questions_within_their_bounds_and_never_none(pieces: list[str]) -> None:
    text = " ".join(pieces)
    found = cut_by_rules(text)
    assert found == (text,) or len(found) > 1
    assert found == (text,) or all(0 < len(question) <= LONGEST_QUESTION for question in found)


@pytest.mark.parametrize(
    "piece", ["and ", "compare a and ", "how many ", "the most ", "of the ", "'", ", ", "? ", "1. a 2. b "]
)
def test_repetition_without_end_takes_no_time_without_end(piece: str) -> None:
    started = time.perf_counter()
    cut_by_rules("How many " + piece * (3_900 // len(piece)) + "?")
    assert time.perf_counter() - started < 2.0
