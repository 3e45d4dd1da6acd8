"""Which columns and tables of a connection's database a statement may not see."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from rowcall_contracts.base import Contract

Name = Annotated[str, Field(min_length=1, max_length=256)]


class ColumnAction(StrEnum):
    """What becomes of a protected column."""

    DENY = "deny"  # it may not be named, and `*` leaves it out
    MASK = "mask"  # it may be shown, as a constant, and used for nothing else


class ProtectedTable(Contract):
    """Protected columns of a table or view. Names are compared without case; no namespace means any.

    A view that shows a protected column of its table is a table of its own and needs its own entry.
    """

    table: Name
    namespace: Name | None = None
    deny: tuple[Name, ...] = Field(default=(), max_length=2_000)
    mask: tuple[Name, ...] = Field(default=(), max_length=2_000)

    @property
    def columns(self) -> dict[str, ColumnAction]:
        """The protected columns; deny wins over mask."""
        return dict.fromkeys(self.mask, ColumnAction.MASK) | dict.fromkeys(self.deny, ColumnAction.DENY)


class DeniedTable(Contract):
    """A table or view that no statement may read. Names are compared without case; no namespace means any."""

    table: Name
    namespace: Name | None = None


class ColumnPolicy(Contract):
    """The whole policy of one connection. Where several entries meet a column, deny wins over mask.

    Unknown fields are refused in the store too: a reader that skipped a newer kind of protection would show what it
    protects.
    """

    protected: tuple[ProtectedTable, ...] = Field(default=(), max_length=1_000)
    denied_tables: tuple[DeniedTable, ...] = Field(default=(), max_length=1_000)
