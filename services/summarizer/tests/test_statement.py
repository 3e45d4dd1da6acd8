from rowcall_summarizer.statement import Ordering, read_statement

SQL = (
    "SELECT airlines.name AS airline_name, f.dest, COUNT(DISTINCT f.tailnum) AS n FROM flights AS f "
    "JOIN airlines ON f.carrier = airlines.carrier WHERE f.dest = 'FROM x, y' AND f.a IN (SELECT a FROM b WHERE c = 1) "
    "GROUP BY airlines.name, f.dest HAVING COUNT(*) > 1 ORDER BY n DESC NULLS LAST, f.dest LIMIT 5"
)


def test_the_outermost_query_is_cut_into_its_clauses() -> None:
    statement = read_statement(SQL)
    assert list(statement.clauses) == ["SELECT", "FROM", "WHERE", "GROUP BY", "HAVING", "ORDER BY", "LIMIT"]
    assert statement.clauses["WHERE"] == "f.dest = 'FROM x, y' AND f.a IN (SELECT a FROM b WHERE c = 1)"


def test_what_is_shown_keeps_its_table_and_its_expression() -> None:
    statement = read_statement(SQL)
    assert dict(statement.owners) == {"airline_name": "airlines", "dest": "flights"}
    assert statement.expressions == ("airlines.name", "f.dest", "COUNT(DISTINCT f.tailnum)")


def test_order_and_what_is_left_out_are_told() -> None:
    statement = read_statement(SQL)
    assert statement.ordering == Ordering(key="n", descending=True)
    assert (statement.is_cut, statement.is_whole, statement.is_grouped) == (True, False, True)


def test_quoted_names_are_bare() -> None:
    statement = read_statement('SELECT "Order"."FROM" FROM public."Order" ORDER BY "Order"."FROM"')
    assert statement.table == "Order"
    assert statement.ordering == Ordering(key="FROM", descending=False)


def test_a_union_or_a_cte_says_nothing() -> None:
    for sql in ("SELECT a FROM t UNION SELECT b FROM u", "WITH c AS (SELECT 1) SELECT * FROM c", "(SELECT 1)"):
        assert read_statement(sql).clauses == {}


def test_the_counted_table_is_the_one_that_groups_are_not_made_of() -> None:
    sql = "SELECT p.name FROM flights JOIN airports AS p ON flights.dest = p.faa GROUP BY p.faa, p.name"
    assert read_statement(sql).counted_table == "flights"
    assert read_statement("SELECT a FROM t JOIN u ON t.x = u.x").counted_table is None
