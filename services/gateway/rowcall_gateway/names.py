"""Names and descriptions that callers give to what they create."""

from typing import Annotated

from pydantic import Field

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Description = Annotated[str, Field(max_length=2_000, description="Empty to have none.")]
