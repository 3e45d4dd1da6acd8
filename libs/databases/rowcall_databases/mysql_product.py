"""Which server speaks MySQL's protocol, and what it says differently from the others."""

from enum import StrEnum

_NO_LIMIT = 4_294_967_295
_LOCK_TIMEOUT_S = 5


class Product(StrEnum):
    """Servers that are told apart; what is none of the last two, such as Aurora or Percona, behaves as MySQL."""

    MYSQL = "MySQL"
    MARIADB = "MariaDB"
    TIDB = "TiDB"

    @property
    def settings(self) -> tuple[str, ...]:
        """The statements that a session begins with.

        Whatever the server's defaults are, it must read a statement as the guard has read it: backslashes escape,
        double quotes quote text, `||` means OR. MariaDB knows no functional dependence, so ONLY_FULL_GROUP_BY would
        refuse there what the standard allows; and it would silently cut a recursion at 1,000 rounds.
        """
        if self is Product.MARIADB:
            own = f"sql_mode = '', max_recursive_iterations = {_NO_LIMIT}"
        else:
            own = f"sql_mode = 'ONLY_FULL_GROUP_BY', cte_max_recursion_depth = {_NO_LIMIT}"
        common = f"SET SESSION {own}, time_zone = '+00:00', lock_wait_timeout = {_LOCK_TIMEOUT_S}"
        return (common, "SET SESSION TRANSACTION READ ONLY") if self._has_read_only else (common,)

    @property
    def begin(self) -> str:
        """The statement that begins a transaction."""
        return "START TRANSACTION READ ONLY" if self._has_read_only else "START TRANSACTION"

    @property
    def _has_read_only(self) -> bool:
        """TiDB reads the words READ ONLY and lets writes pass all the same.

        Elsewhere the session must be read-only besides the transaction: a DROP TABLE would end the latter first.
        """
        return self is not Product.TIDB

    def time_limit(self, timeout_s: float) -> str:
        """Returns the statement after which the server stops a SELECT by itself."""
        if self is Product.MARIADB:
            return f"SET SESSION max_statement_time = {timeout_s:.3f}"
        return f"SET SESSION max_execution_time = {round(timeout_s * 1000)}"


def product_of(version: str) -> tuple[Product, str]:
    """Returns product and number of what VERSION() says: `8.4.3`, `11.4.5-MariaDB-log`, `8.0.11-TiDB-v8.5.0`."""
    if "TiDB" in version:
        return Product.TIDB, version.rpartition("TiDB-v")[2]
    number = version.partition("-")[0]
    return (Product.MARIADB, number) if "MariaDB" in version else (Product.MYSQL, number)
