"""What can go wrong on a laptop."""


class LaptopError(Exception):
    """The stack cannot go on. The message is for the user: what, where, and how to mend it."""
