"""Words of a question, of an identifier and of a value, all cut and lemmatised by the same rules so that they meet."""

import re
from dataclasses import dataclass, replace

_TOKEN = re.compile(
    r"""
    "(?P<double>[^"]+)" | “(?P<curly>[^”]+)” | (?<!\w)'(?P<single>[^']+)'(?!\w) | `(?P<back>[^`]+)`
    | (?P<date>\d{4}-\d{1,2}-\d{1,2})(?!\d)
    | (?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)? | \d+\.\d+)(?!\w)
    | (?P<word>[^\W_]+(?:['’][a-z]+)?)
    | (?P<symbol>>=|<=|<>|!=|[<>=,&])
    | (?P<break>(?<=[a-z]{3})\.(?=\s+[A-Z]) | [?!;](?=\s*\w))
    """,
    re.VERBOSE,
)

_IRREGULAR = {
    "people": "person",
    "persons": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "mice": "mouse",
    "data": "data",
    "series": "series",
    "species": "species",
    "movies": "movie",
    "buses": "bus",
    "statuses": "status",
    "viruses": "virus",
    "campuses": "campus",
    "indices": "index",
    "criteria": "criterion",
    "analyses": "analysis",
    "wives": "wife",
    "lives": "life",
    "has": "have",
    "does": "do",
    "was": "be",
    "is": "be",
    "this": "this",
    "gas": "gas",
    "news": "news",
    "less": "less",
    "bonus": "bonus",
}
_ENDINGS = (("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("zes", "z"), ("oes", "o"))


@dataclass(frozen=True, slots=True)
class Word:
    """One token of a question. `quoted` words keep their text whole, spaces included.

    `emphatic`: written in capitals inside a sentence that is not, so that `US` is no pronoun and `A` no article.
    """

    text: str
    lower: str
    lemma: str
    quoted: bool = False
    emphatic: bool = False


_NOT = Word("not", "not", "not")


def lemma(word: str) -> str:
    """Returns the singular of a lower-case English noun; other words come back unchanged or harmlessly cut."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    for ending, singular in _ENDINGS:
        if word.endswith(ending):
            return word.removesuffix(ending) + singular
    return word[:-1]


def words(text: str) -> tuple[Word, ...]:
    """Returns the tokens of a text in order; punctuation that carries no meaning is dropped."""
    found = [word for match in _TOKEN.finditer(text) for word in _cut(match)]
    if not text.isupper():
        found[1:] = [replace(word, emphatic=True) if word.text.isupper() else word for word in found[1:]]
    return tuple(found)


def plain_words(text: str) -> tuple[str, ...]:
    """Returns the lower-case tokens of a stored value."""
    return tuple(word.lower for match in _TOKEN.finditer(_unquoted(text)) for word in _cut(match))


def plain_text(text: str) -> str:
    """Returns a stored value as its tokens with single spaces, letters as they are."""
    return " ".join(word.text for word in words(_unquoted(text)))


def _unquoted(text: str) -> str:
    return text.replace('"', " ").replace("'", " ").replace("`", " ")


def _cut(match: re.Match[str]) -> tuple[Word, ...]:
    kind = match.lastgroup or "word"
    text = match[kind]
    if kind in ("double", "curly", "single", "back"):
        return (Word(text, text.lower(), text.lower(), quoted=True),)
    lower = text.lower().replace("’", "'")
    if kind == "word" and "'" in lower:
        return _apostrophe(text, lower)
    if lower == "cannot":
        return (Word("can", "can", "can"), _NOT)
    return (Word(text, lower, lemma(lower)),)


def _apostrophe(text: str, lower: str) -> tuple[Word, ...]:
    stem, _, ending = lower.partition("'")
    if ending == "t" and stem.endswith("n"):
        verb = {"can": "can", "won": "will"}.get(stem, stem[:-1])
        return (Word(verb, verb, lemma(verb)), _NOT)
    return (Word(text[: len(stem)], stem, lemma(stem)),)
