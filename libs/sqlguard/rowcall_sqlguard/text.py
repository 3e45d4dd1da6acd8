"""Which strings can be SQL text at all."""


def is_sql_text(text: str) -> bool:
    """Returns whether every driver takes `text`: a NUL ends it for some, and lone surrogates have no encoding."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
