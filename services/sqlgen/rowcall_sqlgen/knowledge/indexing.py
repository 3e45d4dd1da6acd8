"""The index of a request: its catalog's names, and the terms that hold for its connection."""

from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from rowcall_sqlgen.generator import GenerationRequest
from rowcall_sqlgen.index_cache import CacheKey, cache_key
from rowcall_sqlgen.knowledge.engine_terms import engine_terms


def index_key(request: GenerationRequest) -> CacheKey:
    """Returns the key under which the request's index is kept."""
    return cache_key(request.connection_id, request.catalog, version=request.knowledge.version)


def index_of(request: GenerationRequest) -> SchemaIndex:
    """Builds the index. Takes a second for a large catalog."""
    terms = request.knowledge.terms_of(request.connection_id)
    return build_index(request.catalog, engine_terms(terms, request.catalog))
