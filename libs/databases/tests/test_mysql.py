"""What is MySQL's own: its types, its structure, and how its sessions are set up."""

from collections.abc import Callable, Iterator

import pytest

from rowcall_contracts.catalog import ColumnKind, ForeignKey
from rowcall_contracts.results import ResultType
from rowcall_databases import (
    AuthenticationFailed,
    Database,
    QueryLimits,
    StatementRefused,
)
from rowcall_databases.mysql_product import Product, product_of
from tools.testing.mysql_server import MysqlServer

Open = Callable[[str], Database]

MIXTURE = """
CREATE TABLE mixture (
    id BIGINT UNSIGNED PRIMARY KEY, price DECIMAL(20, 4) COMMENT 'net, in euro', rate DOUBLE, share FLOAT,
    flags BIT(10), yes BIT(1), made DATE, at DATETIME(3), seen TIMESTAMP NULL, lasts TIME(1), vintage YEAR,
    raw VARBINARY(4), big LONGBLOB, word VARCHAR(9), story LONGTEXT, size ENUM('S', 'L (large)'), tags SET('a', 'b'),
    doc JSON) COMMENT 'a bit of everything';
SET sql_mode = '';
SET time_zone = '+02:00';
INSERT INTO mixture VALUES
    (18446744073709551615, 1234567890123456.7890, 0.1, 0.5, b'1000000001', b'1', '2024-02-29', '2024-02-29 01:02:03.5',
     '2024-02-29 12:00:00', '838:59:58.9', 2024, x'00FF', x'80', 'Zoë', 'long', 'L (large)', 'a,b', '{"a": 1}'),
    (1, NULL, NULL, NULL, NULL, NULL, '0000-00-00', '0000-00-00 00:00:00', NULL, '-01:00:00', NULL,
     NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE parent (a INT, b INT, note TEXT, PRIMARY KEY (b, a));
CREATE TABLE child (x INT, y INT, FOREIGN KEY (y, x) REFERENCES parent (b, a));
CREATE VIEW recent AS SELECT id, made FROM mixture;
"""
EXPECTED: dict[str, tuple[object, object, ResultType]] = {
    "id": (1, "18446744073709551615", ResultType.INTEGER),
    "price": (None, "1234567890123456.7890", ResultType.DECIMAL),
    "rate": (None, 0.1, ResultType.FLOAT),
    "share": (None, 0.5, ResultType.FLOAT),
    "flags": (None, 513, ResultType.INTEGER),
    "yes": (None, 1, ResultType.INTEGER),
    "made": ("0000-00-00", "2024-02-29", ResultType.DATE),
    "at": ("0000-00-00T00:00:00.000", "2024-02-29T01:02:03.500", ResultType.TIMESTAMP),
    "seen": (None, "2024-02-29T10:00:00", ResultType.TIMESTAMP),
    "lasts": ("-01:00:00.0", "838:59:58.9", ResultType.TIME),
    "vintage": (None, 2024, ResultType.INTEGER),
    "raw": (None, "AP8=", ResultType.BINARY),
    "big": (None, "gA==", ResultType.BINARY),
    "word": (None, "Zoë", ResultType.TEXT),
    "story": (None, "long", ResultType.TEXT),
    "size": (None, "L (large)", ResultType.TEXT),
    "tags": (None, "a,b", ResultType.TEXT),
}


@pytest.fixture(scope="module")
def mixture(mysql_server: MysqlServer) -> Iterator[str]:
    """A database with every type."""
    with mysql_server.database(MIXTURE) as name:
        yield name


@pytest.mark.parametrize("column", EXPECTED)
async def test_a_value_of_each_type_is_a_typed_cell(
    opened: Open, mysql_server: MysqlServer, mixture: str, column: str
) -> None:
    result = await opened(mysql_server.uri(mixture)).query(f"SELECT `{column}` FROM mixture ORDER BY id", QueryLimits())

    first, second, kind = EXPECTED[column]
    assert [row[0] for row in result.rows] == [first, second]
    assert result.columns[0].type is kind


async def test_the_catalog_knows_types_comments_and_composite_keys(
    opened: Open, mysql_server: MysqlServer, mixture: str
) -> None:
    catalog = await opened(mysql_server.uri(mixture)).introspect()

    tables = {table.name: table for table in catalog.tables}
    assert list(tables) == ["child", "mixture", "parent", "recent"]
    kinds = {column.name: column.kind for column in tables["mixture"].columns}
    assert kinds["id"] is ColumnKind.INTEGER
    assert kinds["price"] is ColumnKind.DECIMAL
    assert kinds["yes"] is ColumnKind.BOOLEAN
    assert kinds["flags"] is ColumnKind.INTEGER
    assert (kinds["made"], kinds["at"], kinds["seen"]) == (
        ColumnKind.DATE,
        ColumnKind.TIMESTAMP,
        ColumnKind.TIMESTAMP,
    )
    assert (kinds["raw"], kinds["big"]) == (ColumnKind.BINARY, ColumnKind.BINARY)
    assert (kinds["size"], kinds["tags"], kinds["story"]) == (ColumnKind.TEXT,) * 3
    assert tables["mixture"].description == "a bit of everything"
    assert tables["mixture"].columns[1].description == "net, in euro"
    assert (tables["recent"].is_view, tables["recent"].description) == (True, None)
    assert tables["parent"].primary_key == ("b", "a")
    assert tables["child"].foreign_keys == (
        ForeignKey(columns=("y", "x"), referred_table="parent", referred_columns=("b", "a")),
    )


async def test_a_zero_date_does_not_break_the_profile(opened: Open, mysql_server: MysqlServer, mixture: str) -> None:
    catalog = await opened(mysql_server.uri(mixture)).introspect()

    made = next(table for table in catalog.tables if table.name == "mixture").column("made")
    assert made is not None
    assert (made.profile.minimum, made.profile.maximum) == ("0000-00-00", "2024-02-29")


async def test_only_the_uris_database_is_described(opened: Open, mysql_server: MysqlServer, mixture: str) -> None:
    with mysql_server.database("CREATE TABLE elsewhere (a INT)") as other:
        catalog = await opened(mysql_server.uri(mixture)).introspect()

        assert catalog.table("elsewhere") is None
        assert (await opened(mysql_server.uri(other)).introspect()).table("elsewhere") is not None


async def test_a_recursion_is_not_cut_silently(opened: Open, mysql_server: MysqlServer, mixture: str) -> None:
    counted = "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5000) SELECT max(n) FROM c"

    assert (await opened(mysql_server.uri(mixture)).query(counted, QueryLimits())).rows == ((5000,),)


async def test_a_backslash_escapes_whatever_the_server_is_set_to(
    opened: Open, mysql_server: MysqlServer, mixture: str
) -> None:
    with mysql_server.connect() as admin, admin.cursor() as cursor:
        cursor.execute("SELECT @@GLOBAL.sql_mode")
        (before,) = cursor.fetchone() or ("",)
        cursor.execute("SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES,PIPES_AS_CONCAT'")
        try:
            result = await opened(mysql_server.uri(mixture)).query("""SELECT 'it\\'s', "text", 1 || 0""", QueryLimits())
        finally:
            cursor.execute("SET GLOBAL sql_mode = %s", [before])

    assert result.rows == (("it's", "text", 1),)


async def test_a_wrong_password_and_an_unknown_database_are_told_apart_from_a_dead_server(
    opened: Open, mysql_server: MysqlServer, mixture: str
) -> None:
    with pytest.raises(AuthenticationFailed, match="password"):
        await opened(mysql_server.uri(mixture, user="nobody", password="wrong")).check()
    with pytest.raises(AuthenticationFailed, match="database"):
        await opened(mysql_server.uri("no_such_database")).check()


async def test_what_the_user_may_not_read_is_neither_described_nor_read(
    opened: Open, mysql_server: MysqlServer, mixture: str
) -> None:
    mysql_server.run("CREATE USER limited IDENTIFIED BY 'pa ss/wörd'; GRANT SELECT ON mixture TO limited;", mixture)
    try:
        database = opened(mysql_server.uri(mixture, user="limited", password="pa ss/wörd"))
        assert [table.name for table in (await database.introspect()).tables] == ["mixture"]
        with pytest.raises(StatementRefused):
            await database.query("SELECT * FROM parent", QueryLimits())
    finally:
        mysql_server.run("DROP USER limited")


@pytest.mark.parametrize(
    ("said", "product", "number"),
    [
        ("8.4.3", Product.MYSQL, "8.4.3"),
        ("8.0.36-0ubuntu0.22.04.1", Product.MYSQL, "8.0.36"),
        ("11.4.5-MariaDB-log", Product.MARIADB, "11.4.5"),
        ("8.0.11-TiDB-v8.5.0", Product.TIDB, "8.5.0"),
    ],
)
def test_a_product_is_known_by_its_version(said: str, product: Product, number: str) -> None:
    assert product_of(said) == (product, number)


def test_each_product_has_its_own_words_for_a_time_limit() -> None:
    assert Product.MARIADB.time_limit(2.5) == "SET SESSION max_statement_time = 2.500"
    assert Product.MYSQL.time_limit(2.5) == Product.TIDB.time_limit(2.5) == "SET SESSION max_execution_time = 2500"


def test_only_tidb_is_not_asked_for_read_only_transactions_which_it_would_not_keep() -> None:
    words = {product: " ".join((*product.settings, product.begin)).count("READ ONLY") for product in Product}

    assert words == {Product.MYSQL: 2, Product.MARIADB: 2, Product.TIDB: 0}
