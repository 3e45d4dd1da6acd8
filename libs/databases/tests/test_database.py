"""What every engine promises, on all of them."""

from collections.abc import Callable

import pytest

from rowcall_contracts.catalog import ColumnKind, Dialect, ForeignKey
from rowcall_contracts.results import ResultType
from rowcall_databases import Database, ProfileBounds, QueryError, QueryLimits, SchemaTooLarge

pytestmark = pytest.mark.parametrize("engine", ["sqlite", "duckdb", "postgres", "mysql"])

Open = Callable[[str], Database]


async def test_check_tells_engine_and_version(opened: Open, shop_uri: str, engine: str) -> None:
    name, version = (await opened(shop_uri).check()).split()

    assert name.lower().startswith(engine if engine != "mysql" else ("mysql", "mariadb", "tidb"))
    assert version[0].isdigit()


async def test_rows_come_back_typed_and_in_order(opened: Open, shop_uri: str, engine: str) -> None:
    result = await opened(shop_uri).query("SELECT id, name, country FROM customer ORDER BY id", QueryLimits())

    assert result.rows == ((1, "Ada", "GB"), (2, "Grace", "US"), (3, "Zoë", None))
    assert [(column.name, column.type) for column in result.columns] == [
        ("id", ResultType.INTEGER),
        ("name", ResultType.TEXT),
        ("country", ResultType.TEXT),
    ]
    assert not result.truncated


async def test_integers_beyond_json_are_strings(opened: Open, shop_uri: str) -> None:
    result = await opened(shop_uri).query("SELECT 9007199254740991 AS a, 9007199254740993 AS b", QueryLimits())

    assert result.rows == ((9007199254740991, "9007199254740993"),)
    assert {column.type for column in result.columns} == {ResultType.INTEGER}


async def test_dates_are_iso_and_typed(opened: Open, shop_uri: str) -> None:
    result = await opened(shop_uri).query("SELECT since FROM customer WHERE id = 1", QueryLimits())

    assert result.rows == (("1815-12-10",),)
    assert result.columns[0].type is ResultType.DATE


async def test_equal_names_of_columns_are_kept(opened: Open, shop_uri: str) -> None:
    result = await opened(shop_uri).query("SELECT id AS x, name AS x FROM customer WHERE id = 1", QueryLimits())

    assert [column.name for column in result.columns] == ["x", "x"]
    assert result.rows == ((1, "Ada"),)


async def test_rows_beyond_the_cap_are_cut_and_said_to_be(opened: Open, shop_uri: str) -> None:
    database = opened(shop_uri)

    cut = await database.query("SELECT id FROM customer ORDER BY id", QueryLimits(max_rows=2))
    whole = await database.query("SELECT id FROM customer ORDER BY id", QueryLimits(max_rows=3))

    assert (cut.rows, cut.truncated) == (((1,), (2,)), True)
    assert (len(whole.rows), whole.truncated) == (3, False)


async def test_bytes_beyond_the_cap_are_cut_and_said_to_be(opened: Open, shop_uri: str) -> None:
    result = await opened(shop_uri).query("SELECT name FROM customer ORDER BY id", QueryLimits(max_bytes=15))

    assert (result.rows, result.truncated) == ((("Ada",), ("Grace",)), True)


async def test_an_empty_result_keeps_its_columns(opened: Open, shop_uri: str) -> None:
    result = await opened(shop_uri).query("SELECT id, name FROM customer WHERE id > 99", QueryLimits())

    assert result.rows == ()
    assert [column.name for column in result.columns] == ["id", "name"]


async def test_an_unknown_column_is_named_in_the_error(opened: Open, shop_uri: str) -> None:
    with pytest.raises(QueryError, match="nickname"):
        await opened(shop_uri).query("SELECT nickname FROM customer", QueryLimits())


async def test_an_error_never_carries_a_literal_or_a_cell(opened: Open, shop_uri: str, engine: str) -> None:
    failing = {"sqlite": "abs(-9223372036854775807 - id)", "mysql": "9223372036854775807 + length(name)"}
    cast = failing.get(engine, "CAST(name AS INTEGER)")
    with pytest.raises(QueryError) as failure:
        await opened(shop_uri).query(f"SELECT {cast} FROM customer WHERE name <> 's3cret'", QueryLimits())

    assert "Ada" not in str(failure.value)
    assert "s3cret" not in str(failure.value)
    assert failure.value.__suppress_context__


async def test_after_an_error_the_next_statement_runs(opened: Open, shop_uri: str) -> None:
    database = opened(shop_uri)
    with pytest.raises(QueryError):
        await database.query("SELECT nickname FROM customer", QueryLimits())

    assert (await database.query("SELECT 1 AS one", QueryLimits())).rows == ((1,),)


async def test_the_catalog_has_tables_keys_and_kinds(opened: Open, shop_uri: str, engine: str) -> None:
    catalog = await opened(shop_uri).introspect()

    assert catalog.dialect is Dialect(engine)
    assert [(table.name, table.is_view) for table in catalog.tables] == [
        ("customer", False),
        ("invoice", False),
        ("paid_invoice", True),
    ]
    customer, invoice = catalog.tables[:2]
    assert [column.kind for column in customer.columns] == [
        ColumnKind.INTEGER,
        ColumnKind.TEXT,
        ColumnKind.TEXT,
        ColumnKind.DATE,
    ]
    assert [column.kind for column in invoice.columns][2:] == [ColumnKind.DECIMAL, ColumnKind.BOOLEAN]
    assert [column.nullable for column in customer.columns] == [False, False, True, True]
    assert customer.primary_key == ("id",)
    assert invoice.foreign_keys == (
        ForeignKey(columns=("customer_id",), referred_table="customer", referred_columns=("id",)),
    )
    assert all(table.namespace is None for table in catalog.tables)


async def test_the_profile_has_counts_ranges_values_and_samples(opened: Open, shop_uri: str) -> None:
    catalog = await opened(shop_uri).introspect()

    customer = catalog.tables[0]
    country = customer.columns[2].profile
    assert customer.row_count == 3
    assert (country.distinct_count, country.null_count) == (2, 1)
    assert country.values == ("GB", "US")
    assert country.samples == ("GB", "US")
    assert (country.minimum, country.maximum) == ("GB", "US")
    since = customer.columns[3].profile
    assert (since.minimum, since.maximum) == ("1815-12-10", "1906-12-09")
    assert [column.profile.null_count for table in catalog.tables[:2] for column in table.columns] == [0, 0, 1, 1] + [
        0
    ] * 4
    assert len(catalog.tables[1].columns[3].profile.values) == 2


async def test_many_values_are_counted_but_not_listed(opened: Open, shop_uri: str) -> None:
    catalog = await opened(shop_uri).introspect(ProfileBounds(max_values=2, max_samples=2))

    name = catalog.tables[0].columns[1].profile
    assert (name.distinct_count, name.values, len(name.samples)) == (3, (), 2)


async def test_long_texts_are_neither_listed_nor_sampled(opened: Open, shop_uri: str) -> None:
    catalog = await opened(shop_uri).introspect(ProfileBounds(max_value_chars=4))

    name = catalog.tables[0].columns[1].profile
    assert (name.distinct_count, name.values, name.samples) == (3, (), ("Ada", "Zoë"))
    assert (name.minimum, name.maximum) == ("Ada", "Zoë")


async def test_a_large_table_is_sampled_and_its_counts_stay_unmeasured(opened: Open, shop_uri: str) -> None:
    catalog = await opened(shop_uri).introspect(ProfileBounds(exact_rows=2, sample_rows=2))

    customer = catalog.tables[0]
    assert customer.row_count == 3
    assert customer.columns[0].profile.null_count is None
    assert customer.columns[0].profile.distinct_count is None
    assert len(customer.columns[0].profile.samples) == 2


async def test_a_spent_budget_leaves_the_structure_unmeasured(opened: Open, shop_uri: str) -> None:
    catalog = await opened(shop_uri).introspect(ProfileBounds(budget_s=0))

    assert [column.name for column in catalog.tables[0].columns] == ["id", "name", "country", "since"]
    assert catalog.tables[0].columns[0].profile.distinct_count is None


async def test_the_fingerprint_is_that_of_the_catalog(opened: Open, shop_uri: str) -> None:
    database = opened(shop_uri)

    assert await database.schema_fingerprint() == (await database.introspect()).fingerprint


async def test_too_many_tables_are_refused(opened: Open, shop_uri: str) -> None:
    with pytest.raises(SchemaTooLarge):
        await opened(shop_uri).introspect(ProfileBounds(max_tables=2))


async def test_closing_twice_is_harmless(opened: Open, shop_uri: str) -> None:
    database = opened(shop_uri)
    await database.check()

    await database.close()
    await database.close()
