"""Whether a verb of a question and a word of a name are about the same thing: `hired` and `hire_date`."""

from collections.abc import Iterable

_SHORTEST = 4
_ENDINGS = ("ing", "ed", "es", "e", "s")
_LONGEST_ENDING = 3
_SAID_AS = {
    "sold": ("sale", "sell"),
    "bought": ("purchase", "order", "sale"),
    "paid": ("payment", "pay"),
    "fired": ("termination", "fire"),
    "dismissed": ("termination",),
    "left": ("termination", "leave"),
    "quit": ("termination",),
    "born": ("birth",),
    "sent": ("send",),
    "made": (),
    "signed": ("signup", "registration", "created"),
    "registered": ("registration", "created"),
    "started": ("start",),
    "began": ("start", "begin"),
    "finished": ("finish", "end"),
    "ended": ("end",),
    "closed": ("close",),
    "received": ("receipt", "receive"),
    "shipped": ("ship", "shipment"),
    "shipping": ("ship",),
}


def stem(word: str) -> str:
    """Returns a lower-case word without the ending of its form, if enough is left of it."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST - 1:
            return word.removesuffix(ending)
    return word


def stems(words: Iterable[str]) -> frozenset[str]:
    """Returns the stems of lower-case words and of the nouns that stand in names for some of these verbs."""
    return frozenset(stem(said) for word in words for said in (word, *_SAID_AS.get(word, ())) if said != "made")


def is_said(name: str, said: frozenset[str]) -> bool:
    """Says whether a lower-case word of a name is among the stems said, or one begins with the other."""
    own = stem(name)
    return own in said or any(_begins(own, other) for other in said)


def _begins(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= _SHORTEST and long.startswith(short) and len(long) <= len(short) + _LONGEST_ENDING
