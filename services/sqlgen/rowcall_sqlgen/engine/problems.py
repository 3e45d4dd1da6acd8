"""Why a reading can't become a query. Raised inside the engine only; the worst that leaves it is a clarification."""


class NoMeaning(Exception):
    """The clauses do not add up to a query."""


class SeveralWays(NoMeaning):
    """Tables are connected in more than one way; `options` names each."""

    def __init__(self, options: tuple[str, ...]) -> None:
        super().__init__("the tables are connected in several ways: " + ", ".join(options))
        self.options = options


class NoWay(NoMeaning):
    """No declared keys connect two tables."""

    def __init__(self, start: str, goal: str) -> None:
        super().__init__(f"no declared keys connect {start} and {goal}")
        self.tables = (start, goal)


class SeveralDates(NoMeaning):
    """More than one column could hold the date; `options` names each."""

    def __init__(self, options: tuple[str, ...]) -> None:
        super().__init__("several columns hold dates: " + ", ".join(options))
        self.options = options


class NoOrder(NoMeaning):
    """The first rows are asked for, and nothing says by what."""

    def __init__(self, count: int) -> None:
        super().__init__(f"by what the top {count} are chosen is not said")
        self.count = count
