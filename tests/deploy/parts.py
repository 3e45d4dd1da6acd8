"""The smallest parts of Kubernetes' objects: names, labels and selectors."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Labels = Mapping[str, str]


class Part(BaseModel):
    """Anything inside a manifest; fields that no test reads are passed over."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)


class Named(Part):
    """A reference, or something with a name."""

    name: str


class Metadata(Named):
    """Name and labels."""

    labels: Labels = {}


class LabelSelector(Part):
    """Which pods are meant; only the operator `In` is known."""

    match_labels: Labels = {}
    match_expressions: Sequence["Expression"] = ()

    def selects(self, labels: Labels) -> bool:
        """Whether a pod with these labels is meant."""
        return self.match_labels.items() <= labels.items() and all(
            labels.get(each.key) in each.values for each in self.match_expressions
        )


class Expression(Part):
    """A label's value is one of several."""

    key: str
    operator: str = Field(pattern="^In$")
    values: Sequence[str]
