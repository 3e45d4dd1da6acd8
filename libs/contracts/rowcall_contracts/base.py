"""The base of every contract model."""

from pydantic import BaseModel, ConfigDict


class Contract(BaseModel):
    """A frozen value that crosses a process border; unknown fields are refused (design: additive change only)."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Stored(BaseModel):
    """A value read back from the store or the bus, where a newer writer may have added fields; those are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)
