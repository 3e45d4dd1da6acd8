"""Names of tables and columns as words: snake and camel case cut, usual abbreviations spelled out."""

import re
from functools import lru_cache
from itertools import zip_longest

from rowcall_sqlgen.engine.words import lemma

_CHUNKS = re.compile(r"[^\W_]+")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

ABBREVIATIONS = {
    "abbr": "abbreviation",
    "acct": "account",
    "addr": "address",
    "alt": "altitude",
    "amt": "amount",
    "apt": "apartment",
    "arr": "arrival",
    "attr": "attribute",
    "avg": "average",
    "bal": "balance",
    "bldg": "building",
    "cat": "category",
    "cnt": "count",
    "ctry": "country",
    "cust": "customer",
    "dep": "departure",
    "dept": "department",
    "desc": "description",
    "descr": "description",
    "dest": "destination",
    "dewp": "dewpoint",
    "dir": "direction",
    "dist": "distance",
    "dob": "birthdate",
    "doc": "document",
    "dur": "duration",
    "elev": "elevation",
    "emp": "employee",
    "enr": "enrollment",
    "fname": "firstname",
    "freq": "frequency",
    "grp": "group",
    "hr": "hour",
    "humid": "humidity",
    "lang": "language",
    "lat": "latitude",
    "len": "length",
    "lname": "lastname",
    "lng": "longitude",
    "loc": "location",
    "lon": "longitude",
    "lvl": "level",
    "max": "maximum",
    "mfr": "manufacturer",
    "mgr": "manager",
    "min": "minimum",
    "msg": "message",
    "nbr": "number",
    "no": "number",
    "num": "number",
    "org": "organization",
    "pct": "percent",
    "pmt": "payment",
    "pop": "population",
    "pos": "position",
    "precip": "precipitation",
    "prod": "product",
    "prof": "professor",
    "prov": "province",
    "pub": "publication",
    "qty": "quantity",
    "ref": "reference",
    "sal": "salary",
    "sched": "scheduled",
    "src": "source",
    "stu": "student",
    "tel": "telephone",
    "temp": "temperature",
    "tot": "total",
    "tx": "transaction",
    "txn": "transaction",
    "tz": "timezone",
    "tzone": "timezone",
    "univ": "university",
    "usr": "user",
    "visib": "visibility",
    "vol": "volume",
    "wt": "weight",
    "yr": "year",
}
_SPELLED = {
    "firstname": ("first", "name"),
    "lastname": ("last", "name"),
    "middlename": ("middle", "name"),
    "birthdate": ("birth", "date"),
    "dewpoint": ("dew", "point"),
    "timezone": ("time", "zone"),
    "zipcode": ("zip", "code"),
    "homepage": ("home", "page"),
}
_INITIALS = {"f": "first", "l": "last", "m": "middle"}
_TAILS = ("number", "name", "date", "code", "type", "time", "year", "room", "num", "id")
_WHOLE = frozenset(
    "candidate mandate update surname username nickname datetime lifetime overtime runtime prototype genotype "
    "paid void avoid valid invalid grid bid rapid covid liquid solid humid android hybrid fluid acid kid said "
    "bathroom bedroom mushroom".split()
)


@lru_cache(maxsize=50_000)
def identifier_words(name: str) -> tuple[str, ...]:
    """Returns the lower-case lemmas of a name as written: `sched_dep_time` gives sched, dep, time."""
    return tuple(lemma(part.lower()) for chunk in _CHUNKS.findall(name) for part in _cut(chunk))


@lru_cache(maxsize=50_000)
def spelled_words(name: str) -> tuple[str, ...]:
    """Returns the lemmas with abbreviations spelled out: `sched_dep_time` gives scheduled, departure, time."""
    spelled: list[str] = []
    written = identifier_words(name)
    for word, after in zip_longest(written, written[1:]):
        if after == "name" and word in _INITIALS:
            spelled.append(_INITIALS[word])
            continue
        for part in _run_together(word):
            full = ABBREVIATIONS.get(part, part)
            spelled.extend(_SPELLED.get(full, (full,)))
    return tuple(spelled)


def snake_case(name: str) -> str:
    """Returns the words of a name as written, in lower case with underscores: `depDelay` gives dep_delay."""
    return "_".join(part.lower() for chunk in _CHUNKS.findall(name) for part in _cut(chunk))


def _cut(chunk: str) -> list[str]:
    """Cuts camel case, which is a habit of names in ASCII."""
    return _PARTS.findall(chunk) if chunk.isascii() else [chunk]


def _run_together(word: str) -> tuple[str, ...]:
    """Cuts a usual last word off a name that was written without a separator: `tailnum`, `custid`, `birthdate`."""
    if word in _SPELLED or word in ABBREVIATIONS or word in _WHOLE:
        return (word,)
    for tail in _TAILS:
        head = word.removesuffix(tail)
        if head != word and len(head) >= 3:
            return (head, tail)
    return (word,)
