"""What becomes of a statement, as a result or as the reason why there is none."""

from rowcall_contracts.candidates import Outcome, OutcomeStatus
from rowcall_contracts.results import ResultSet
from rowcall_databases.database import Database
from rowcall_databases.errors import QueryError, QueryTimeout, StatementRefused
from rowcall_databases.limits import QueryLimits


async def outcome_of(sql: str, database: Database, limits: QueryLimits) -> tuple[Outcome, ResultSet | None]:
    """Runs a statement. Raises `DatabaseError` when the database, not the statement, is at fault."""
    try:
        result = await database.query(sql, limits)
    except QueryTimeout as error:
        return Outcome(status=OutcomeStatus.TIMEOUT, code=error.code, message=str(error)), None
    except StatementRefused as error:
        return Outcome(status=OutcomeStatus.REFUSED, code=error.code, message=str(error)), None
    except QueryError as error:
        return Outcome(status=OutcomeStatus.ERROR, code=error.code, message=str(error)), None
    return Outcome(status=OutcomeStatus.OK, row_count=len(result.rows)), result
