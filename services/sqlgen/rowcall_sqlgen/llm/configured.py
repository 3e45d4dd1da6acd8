"""The LLM generator where settings name an endpoint."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from rowcall_contracts.settings import SqlgenSettings

if TYPE_CHECKING:
    from rowcall_sqlgen.llm.generator import LlmGenerator


def llm_generator(
    settings: SqlgenSettings,
    *,
    now: Callable[[], datetime],
    observe: Callable[[str, float], None] = lambda outcome, seconds: None,
) -> "LlmGenerator | None":
    """Returns the generator, or `None` when no endpoint is configured. `observe`: see `Surroundings`."""
    if not (settings.llm_base_url and settings.llm_model):
        return None
    # `openai` takes half a second, a third of the start of a process that may never need it.
    from rowcall_sqlgen.llm.assembly import assembled_generator  # noqa: PLC0415

    return assembled_generator(settings, now=now, observe=observe)
