"""What the grammar and the parser propose, each statement once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rowcall_sqlgen.builtin.query_shape import is_contradictory
from rowcall_sqlgen.builtin.settling import settled
from rowcall_sqlgen.builtin.unmet_words import leaves_out
from rowcall_sqlgen.builtin.uses import Uses, inner_parts, uses
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.meaning import Query
from rowcall_sqlgen.engine.presentation import presented
from rowcall_sqlgen.engine.reading import Reading, Readings
from rowcall_sqlgen.engine.sql import write_sql
from rowcall_sqlgen.parser.parser import Parsed

MOST_READINGS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A statement with all that speaks for it. `reading`: of the grammar; `parsed`: by the semantic parser."""

    sql: str
    query: Query
    uses: Uses
    reading: Reading | None = None
    parsed: Parsed | None = None


def possible(read: Readings) -> Readings:
    """Returns the readings without those that no row can meet."""
    return replace(read, found=tuple(each for each in read.found if not is_contradictory(each.meaning)))


def without_others(read: Readings) -> Readings:
    """Returns the readings that leave out rows for what they have besides: the grammar passes over `only`."""
    return replace(read, found=tuple(each for each in read.found if any(map(leaves_out, inner_parts(each.meaning)))))


def propose(found: Sequence[Reading], parses: Sequence[Parsed], index: SchemaIndex) -> tuple[Proposal, ...]:
    """Returns one proposal for each statement; statements that both wrote come with both reasons."""
    readings = {written(each.meaning, index): each for each in reversed(found[:MOST_READINGS])}
    likely = [replace(each, query=settled(each.query, index)) for each in parses if not is_contradictory(each.query)]
    parsed = {written(each.query, index): each for each in reversed(likely)}
    proposals = []
    for sql in dict.fromkeys([*reversed(parsed), *reversed(readings)]):
        reading, parse = readings.get(sql), parsed.get(sql)
        query = parse.query if parse else readings[sql].meaning
        proposals.append(Proposal(sql=sql, query=query, uses=uses(query), reading=reading, parsed=parse))
    return tuple(proposals)


def written(query: Query, index: SchemaIndex) -> str:
    """Returns the statement as it is shown."""
    return write_sql(presented(query, index), index.dialect, index.tables)
