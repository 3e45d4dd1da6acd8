"""Which generator is measured, built from the settings that the service reads."""

from datetime import UTC, datetime
from enum import StrEnum

from pydantic import Field, SecretStr

from rowcall_contracts.settings import SqlgenSettings
from rowcall_runtime.environment import BadSettings, load_settings
from rowcall_sqlgen.builtin.generator import BuiltinGenerator
from rowcall_sqlgen.builtin.trained import trained_answering
from rowcall_sqlgen.evaluate.questions import BadInput
from rowcall_sqlgen.generator import Generator
from rowcall_sqlgen.index_cache import IndexCache
from rowcall_sqlgen.knowledge.generator import WithKnowledge
from rowcall_sqlgen.llm.configured import llm_generator


class GeneratorKind(StrEnum):
    """What `--generator` takes."""

    BUILTIN = "builtin"
    GRAMMAR = "grammar"  # the built-in generator without its trained parser
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
    return WithKnowledge(_without_knowledge(kind, settings))


def _without_knowledge(kind: GeneratorKind, settings: SqlgenSettings) -> Generator:
    if kind is not GeneratorKind.LLM:
        answering = trained_answering() if kind is GeneratorKind.BUILTIN else None
        return BuiltinGenerator(IndexCache(max_bytes=settings.index_cache_bytes), answering)
    asked = llm_generator(settings, now=lambda: datetime.now(UTC))
    if asked is None:
        raise BadInput("--generator llm: set ROWCALL_LLM_BASE_URL and ROWCALL_LLM_MODEL (docs/settings.md#sqlgen).")
    return asked
