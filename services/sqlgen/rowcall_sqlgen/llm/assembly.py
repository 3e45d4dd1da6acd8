"""Builds the LLM generator of an endpoint that is configured."""

import secrets
from collections.abc import Callable
from datetime import datetime

from rowcall_contracts.settings import SqlgenSettings
from rowcall_sqlgen.builtin.generator import BuiltinGenerator
from rowcall_sqlgen.builtin.trained import trained_answering
from rowcall_sqlgen.index_cache import IndexCache
from rowcall_sqlgen.llm.completion import LlmEndpoint
from rowcall_sqlgen.llm.generator import LlmGenerator
from rowcall_sqlgen.llm.poll import Allowance
from rowcall_sqlgen.llm.provider import Patience, Provider, Surroundings


def assembled_generator(
    settings: SqlgenSettings, *, now: Callable[[], datetime], observe: Callable[[str, float], None]
) -> LlmGenerator:
    """Returns the generator. Endpoint and model must be set."""
    assert settings.llm_base_url
    assert settings.llm_model
    endpoint = LlmEndpoint(
        base_url=settings.llm_base_url,
        model=settings.llm_model,
        api_key=settings.llm_api_key,
        timeout_s=settings.llm_timeout_s,
        stream=settings.llm_stream,
    )
    provider = Provider(
        endpoint.client(),
        endpoint,
        patience=Patience(concurrency=settings.llm_concurrency),
        surroundings=Surroundings(now=now, random=secrets.SystemRandom().random, observe=observe),
    )
    indexes = IndexCache(max_bytes=settings.index_cache_bytes)
    builtin = BuiltinGenerator(indexes, trained_answering())
    return LlmGenerator(provider, builtin, indexes=indexes, allowance=_allowance(settings))


def _allowance(settings: SqlgenSettings) -> Allowance:
    return Allowance(
        seconds=settings.llm_step_s,
        samples=settings.llm_samples,
        prompt_tokens=settings.llm_prompt_tokens,
        tokens=settings.llm_step_tokens,
    )
