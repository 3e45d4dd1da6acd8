"""Which of a model's statements may be offered: those that the guard lets run and that were not tried before."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial

from rowcall_contracts.candidates import Candidate
from rowcall_sqlgen.generator import GenerationRequest
from rowcall_sqlgen.llm.normal_form import normal_form
from rowcall_sqlgen.screening import may_run


class Screen:
    """The guard and the memory of one request. `form` gives equal texts for statements that differ in spelling."""

    def __init__(self, request: GenerationRequest) -> None:
        self._request = request
        self.form: Callable[[str], str] = cache(partial(normal_form, catalog=request.catalog))

    def passed(self, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
        """Returns those that may be offered, in their order. Some milliseconds each."""
        # The guard goes first: it bounds the size of what is analysed further.
        allowed = [each for each in candidates if may_run(each.sql, self._request.catalog)]
        tried = self._tried()
        return tuple(each for each in allowed if self.form(each.sql) not in tried)

    def _tried(self) -> set[str]:
        statements: Sequence[str] = [tried.candidate.sql for tried in self._request.feedback]
        return {self.form(sql) for sql in statements if may_run(sql, self._request.catalog)} | set(statements)
