"""Measures how a large schema is coped with: `python -m rowcall_sqlgen.evaluate.large_schema --questions FILE ...`.

All databases are merged into one catalog; see `warehouse`. Each question then has to find its tables in it.
"""

import asyncio
import sqlite3
import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from rowcall_contracts.catalog import Catalog
from rowcall_databases import AccessPolicy, DatabaseError, open_database, parse_uri
from rowcall_sqlgen.engine.index import build_index
from rowcall_sqlgen.engine.table_ranking import ranked_tables
from rowcall_sqlgen.engine.words import words
from rowcall_sqlgen.evaluate.questions import DEFAULT_NOW, BadInput, Question, database_file, read_questions
from rowcall_sqlgen.evaluate.split import Fold, fold_of
from rowcall_sqlgen.evaluate.table_recall import needed_tables, ranked, recall_table
from rowcall_sqlgen.evaluate.warehouse import Warehouse, merged
from rowcall_sqlgen.index_cache import size_of

BAD_INPUT = 2
ALL_FOLDS = "all"


def main(arguments: Sequence[str]) -> int:
    """Prints the figures; returns the exit status."""
    given = _parser().parse_args(arguments)
    try:
        asked = read_questions(given.questions, given.databases).questions
        kept = [each for each in asked if given.fold == ALL_FOLDS or fold_of(each.db) is Fold(given.fold)]
        if not kept:
            raise BadInput(f"{given.questions}: no question lies in the fold {given.fold}.")
        warehouse = merged(introspected(given.databases), tables=given.tables, columns=given.columns)
    except BadInput as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    sys.stdout.write(measured(kept[:: given.every], warehouse))
    return 0


def measured(questions: Sequence[Question], warehouse: Warehouse) -> str:
    """Builds the index, ranks the tables for every question, and returns the figures as text."""
    started = time.process_time()
    index = build_index(warehouse.catalog)
    seconds = time.process_time() - started
    needed = [each for question in questions if (each := needed_tables(question, warehouse))]
    columns = sum(len(table.columns) for table in warehouse.catalog.tables)
    return (
        f"catalog: {len(warehouse.catalog.tables):,} tables, {columns:,} columns\n"
        f"index: {seconds:.1f} s, {size_of(index) / 2**20:.0f} MiB\n"
        f"questions left out, for want of known tables: {len(questions) - len(needed)}\n"
        f"{recall_table(ranked(needed, lambda text: list(ranked_tables(words(text), index))))}"
    )


def introspected(databases: Path) -> dict[str, Catalog]:
    """Returns the catalog of every database `<databases>/<db>/<db>.sqlite`, by name.

    Raises:
        BadInput: there is none, or one cannot be read.
    """
    files = {each.name: database_file(databases, each.name) for each in sorted(databases.iterdir())}
    found = {db: file for db, file in files.items() if file.is_file()}
    if not found:
        raise BadInput(f"{databases}: there is no database; expected files like {databases}/<db>/<db>.sqlite.")
    return {db: asyncio.run(_introspected(file.resolve())) for db, file in found.items()}


async def _introspected(file: Path) -> Catalog:
    database = open_database(
        parse_uri(f"sqlite:///{file}", AccessPolicy(file_roots=(file.parent,))), now=lambda: DEFAULT_NOW
    )
    try:
        return await database.introspect()
    except (DatabaseError, sqlite3.Error) as error:
        raise BadInput(f"{file}: the database cannot be used: {error}") from error
    finally:
        await database.close()


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m rowcall_sqlgen.evaluate.large_schema", description=__doc__)
    parser.add_argument("--questions", type=Path, required=True, help="JSON lines: questions or dialogues")
    parser.add_argument("--databases", type=Path, required=True, help="folder of <db>/<db>.sqlite")
    parser.add_argument("--tables", type=int, default=1_000, help="fill up with copies to so many tables")
    parser.add_argument("--columns", type=int, default=20_000, help="fill up the copies to so many columns in all")
    parser.add_argument("--fold", choices=[*Fold, ALL_FOLDS], default=ALL_FOLDS, help="part of the databases asked")
    parser.add_argument("--every", type=int, default=1, help="ask only every so-many-th question")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
