"""The taxonomy of errors, by what the caller does next."""

from rowcall_contracts.problems import FieldError, Problem, ProblemType


class StepError(Exception):
    """A step could not do its work. Subclasses say whether another attempt can help."""

    def __init__(self, kind: ProblemType, detail: str, *, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = errors

    @property
    def problem(self) -> Problem:
        """The problem document a caller reads."""
        return Problem.of(self.kind, self.detail, self.errors)


class Permanent(StepError):
    """No attempt can succeed; the work ends `failed` with this problem."""


class Retryable(StepError):
    """Another attempt may succeed, not before `after_s` seconds where the failing part asked for that.

    `problem` is what the work ends with when the last attempt fails too.
    """

    def __init__(
        self, detail: str, *, after_s: float | None = None, problem: ProblemType = ProblemType.RETRIES_EXHAUSTED
    ) -> None:
        super().__init__(problem, detail)
        self.after_s = after_s


class StoreUnavailable(Exception):
    """The store did not answer; whether a write took effect is unknown."""


class StoreRefused(Exception):
    """The store refused a command for good, such as a document above its size limit."""


class DuplicateKey(Exception):
    """A unique index already holds the key. `index` names it, where the store says so."""

    def __init__(self, index: str) -> None:
        super().__init__(f"The unique index {index or '(unnamed)'} already holds this key.")
        self.index = index


class LeaseLost(Exception):
    """Somebody else owns the work now; results of this attempt are dropped."""


class UndecodableRecord(Exception):
    """A Kafka record is not what its topic promises."""
