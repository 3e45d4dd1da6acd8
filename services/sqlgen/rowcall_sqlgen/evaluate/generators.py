"""Which generator is measured, built from the settings that the service reads."""

from datetime import UTC, datetime
from enum import StrEnum

from pydantic import Field, SecretStr

from rowcall_contracts.settings import SqlgenSettings
from rowcall_runtime.environment import BadSettings, load_settings
from rowcall_sqlgen.engine.builtin import BuiltinGenerator
from rowcall_sqlgen.evaluate.questions import BadInput
from rowcall_sqlgen.generator import Generator
from rowcall_sqlgen.index_cache import IndexCache
from rowcall_sqlgen.llm.configured import llm_generator


class GeneratorKind(StrEnum):
    """What `--generator` takes."""

    BUILTIN = "builtin"
    LLM = "llm"


class _EvaluationSettings(SqlgenSettings):
    """The service's settings; store and broker are not needed here."""

    mongo_url: SecretStr = Field(SecretStr(""), description="Not used.")
    kafka_bootstrap: str = Field("", description="Not used.")


def build_generator(kind: GeneratorKind) -> Generator:
    """Returns a generator as the service would build it.

    Raises:
        BadInput: a setting is wrong, or the LLM's endpoint or model is not set.
    """
    try:
        settings = load_settings(_EvaluationSettings)
    except BadSettings as error:
        raise BadInput(str(error)) from error
    if kind is GeneratorKind.BUILTIN:
        return BuiltinGenerator(IndexCache(max_bytes=settings.index_cache_bytes))
    asked = llm_generator(settings, now=lambda: datetime.now(UTC))
    if asked is None:
        raise BadInput("--generator llm: set ROWCALL_LLM_BASE_URL and ROWCALL_LLM_MODEL (docs/settings.md#sqlgen).")
    return asked
