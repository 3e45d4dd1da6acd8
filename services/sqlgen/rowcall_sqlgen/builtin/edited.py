"""A proposal whose query a composer changed."""

from collections.abc import Iterable
from dataclasses import replace

from rowcall_sqlgen.builtin.composing import Trusted
from rowcall_sqlgen.builtin.uses import uses
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.meaning import Query
from rowcall_sqlgen.engine.presentation import presented
from rowcall_sqlgen.engine.sql import write_sql
from rowcall_sqlgen.engine.words import Word


def edited(trusted: Trusted, query: Query, said: Iterable[Word], *, index: SchemaIndex, trust: float) -> Trusted:
    """Returns the proposal with another query. `said`: the words that asked for it; `trust`: in having read these."""
    sql = write_sql(presented(query, index), index.dialect, index.tables)
    return replace(
        trusted,
        proposal=replace(trusted.proposal, sql=sql, query=query, uses=uses(query)),
        probability=trusted.probability * trust,
        said=(*trusted.said, *(word.text for word in said)),
    )
