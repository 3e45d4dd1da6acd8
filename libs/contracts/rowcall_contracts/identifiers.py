"""When two names may be the same one to some database."""

import unicodedata

# Zero-width and other format characters, controls, and combining accents.
_INVISIBLE = frozenset({"Cf", "Cc", "Mn", "Me"})


def fold_name(name: str) -> str:
    """Returns what is left of an identifier without case, width, accents, invisible characters and outer blanks.

    No database ignores all of these, but MySQL and SQLite ignore some; a policy that compares folded names errs only
    towards refusal. Look-alikes of other scripts stay different, for they are different to every database.
    """
    if name.isascii() and name.isprintable():
        return name.lower().strip()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    return "".join(char for char in decomposed if unicodedata.category(char) not in _INVISIBLE).strip()
