"""The base of every contract model."""

from pydantic import BaseModel, ConfigDict


class Contract(BaseModel):
    """A frozen value that crosses a process border; unknown fields are refused (design: additive change only)."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def is_empty(value: object) -> bool:
    """Says whether a member is left out of what is written, so that nobody sees a member that says nothing to him."""
    return not value


class Stored(BaseModel):
    """A value read back from the store or the bus, where a newer writer may have added fields; those are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)
