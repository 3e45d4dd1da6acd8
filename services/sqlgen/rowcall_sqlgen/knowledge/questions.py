"""Questions and names as they are compared: what carries no meaning is left out, and nothing else."""

import re

from rowcall_sqlgen.engine.phrases import bag
from rowcall_sqlgen.engine.words import words

_QUOTES = str.maketrans("“”„‘’‚`", "\"\"\"''''")
_TOKEN = re.compile(
    r"""
    "[^"]*" | (?<!\w)'[^']*'(?!\w)
    | [-+]?\d+(?:[-./:,]\d+)*
    | [^\W\d_]+(?:'[^\W\d_]+)* | \S
    """,
    re.VERBOSE,
)


def normal_question(question: str) -> str:
    """Returns the question in one spelling: case, white space, shape of quotes and final punctuation aside.

    Signs stay: `over -5` is not `over 5`.
    """
    return " ".join(tokens(question)).casefold()


def tokens(question: str) -> tuple[str, ...]:
    """Returns words, numbers with their signs, quoted texts with their quotes, and all other signs one by one."""
    found = _TOKEN.findall(question.translate(_QUOTES))
    while found and found[-1] in ".?!":
        found.pop()
    return tuple(found)


def term_words(name: str) -> tuple[str, ...]:
    """Returns the key under which a term is found in questions, in any order of its words."""
    return bag(tuple(word.lemma for word in words(name)))
