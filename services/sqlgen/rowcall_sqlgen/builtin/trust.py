"""How much a proposal is to be trusted: a logistic regression over the evidence, fitted by `make train`."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from rowcall_sqlgen.builtin.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The weight of each kind of evidence, and what is added to their sum."""

    weights: Mapping[str, float]
    bias: float

    def probability(self, evidence: Evidence) -> float:
        """Returns 0..1: how often proposals with such evidence were right."""
        total = self.bias + sum(weight * evidence.get(name, 0.0) for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def save_trust(trust: Trust, path: Path) -> None:
    """Writes the file."""
    path.write_text(json.dumps(asdict(trust), indent=1) + "\n", encoding="utf-8")


def load_trust(path: Path) -> Trust:
    """Reads the file. Raises `OSError` and `ValueError`."""
    read = json.loads(path.read_text(encoding="utf-8"))
    return Trust(weights={str(name): float(weight) for name, weight in read["weights"].items()}, bias=read["bias"])
