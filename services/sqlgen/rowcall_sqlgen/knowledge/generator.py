"""Puts knowledge before and behind a generator: stored pairs answer first, and terms that were said must be heeded."""

import asyncio
from collections.abc import Sequence

from rowcall_contracts.candidates import Candidate, Clarification, ClarificationKind, Generation
from rowcall_sqlgen.generator import GenerationRequest, Generator
from rowcall_sqlgen.knowledge.engine_terms import fitting_terms
from rowcall_sqlgen.knowledge.said_terms import SaidTerm, heeds, said_terms
from rowcall_sqlgen.knowledge.stored_answer import stored_answer


class WithKnowledge:
    """Asks `generator` what no stored pair answers. Both generators read the terms of the request by themselves."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator

    async def generate(self, request: GenerationRequest) -> Generation:
        """Returns what a stored pair says, else the generator's candidates without those that pass a term over.

        Raises:
            Retryable, Permanent: as the generator does.
        """
        if not request.knowledge.version:
            return await self._generator.generate(request)
        stored = await asyncio.to_thread(stored_answer, request)
        if stored is not None:
            return stored
        generation = await self._generator.generate(request)
        return await asyncio.to_thread(_heeding, generation, request)


def _heeding(generation: Generation, request: GenerationRequest) -> Generation:
    terms = fitting_terms(request.knowledge.terms_of(request.connection_id), request.catalog)
    said = said_terms(request.question, terms)
    if not said or not generation.candidates:
        return generation
    kept = [_with_sentences(candidate, said, request) for candidate in generation.candidates]
    candidates = tuple(candidate for candidate in kept if candidate)
    clarification = None if candidates else _passed_over([each for each in said if each.binds])
    return generation.model_copy(update={"candidates": candidates, "clarification": clarification})


def _with_sentences(candidate: Candidate, said: Sequence[SaidTerm], request: GenerationRequest) -> Candidate | None:
    """Returns the candidate with a sentence for each term that it heeds; `None` if it passes a binding one over."""
    heeded = [each for each in said if heeds(candidate.sql, each, request.catalog.dialect)]
    if any(each.binds and each not in heeded for each in said):
        return None
    sentences = (*candidate.assumptions, *(each.sentence for each in heeded))
    return candidate.model_copy(update={"assumptions": tuple(dict.fromkeys(sentences))})


def _passed_over(said: Sequence[SaidTerm]) -> Clarification:
    texts = tuple(each.text for each in said)
    meanings = "; ".join(f"`{each.text}` means {each.term.means}" for each in said)
    return Clarification(
        kind=ClarificationKind.NOT_UNDERSTOOD,
        message=f"No statement was found that heeds the stored terms: {meanings}. Try a simpler sentence.",
        words=texts,
        options=tuple(each.term.means for each in said),
    )
