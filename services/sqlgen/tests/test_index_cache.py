"""The cache of indexes: bounded in bytes, least recently used first, one state per connection."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rowcall_contracts.catalog import Catalog, Dialect
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from rowcall_sqlgen.index_cache import CacheKey, IndexCache, cache_key, size_of

NOW = datetime(2025, 1, 1, tzinfo=UTC)
EMPTY = build_index(Catalog(dialect=Dialect.SQLITE, fingerprint="f", tables=(), profiled_at=NOW))


def _key(connection: str) -> CacheKey:
    return CacheKey(connection, "f", NOW)


def test_least_recently_used_index_goes_first_when_the_bytes_run_out() -> None:
    cache = IndexCache(max_bytes=100)
    for connection in ("one", "two"):
        cache.put(_key(connection), EMPTY, size_bytes=50)
    assert cache.get(_key("one")) is EMPTY
    cache.put(_key("three"), EMPTY, size_bytes=50)
    assert cache.get(_key("two")) is None
    assert cache.get(_key("one")) is EMPTY
    assert (len(cache), cache.size_bytes) == (2, 100)


def test_new_state_of_a_connection_replaces_the_old_one() -> None:
    cache = IndexCache(max_bytes=100)
    cache.put(_key("one"), EMPTY, size_bytes=60)
    later = _key("one")._replace(profiled_at=NOW + timedelta(hours=1))
    cache.put(later, EMPTY, size_bytes=60)
    assert cache.get(_key("one")) is None
    assert cache.get(later) is EMPTY
    assert cache.size_bytes == 60


def test_index_above_the_bound_is_not_kept_and_throws_nothing_else_out() -> None:
    cache = IndexCache(max_bytes=100)
    cache.put(_key("small"), EMPTY, size_bytes=10)
    cache.put(_key("huge"), EMPTY, size_bytes=101)
    assert cache.get(_key("huge")) is None
    assert cache.get(_key("small")) is EMPTY


def test_key_follows_structure_and_profile(demo_catalog: Catalog) -> None:
    changed = demo_catalog.model_copy(update={"profiled_at": NOW + timedelta(days=400)})
    restructured = demo_catalog.model_copy(update={"fingerprint": "other"})
    keys = {cache_key("one", catalog) for catalog in (demo_catalog, changed, restructured)}
    assert len(keys) == 3
    assert cache_key("one", demo_catalog) != cache_key("two", demo_catalog)


def test_measured_size_grows_with_the_catalog_and_counts_shared_parts_once(demo_index: SchemaIndex) -> None:
    assert size_of(EMPTY) < 10_000 < size_of(demo_index) < 20_000_000
    assert size_of((demo_index, demo_index)) == pytest.approx(size_of(demo_index), abs=200)
    assert size_of(replace(demo_index, values={})) < size_of(demo_index)
