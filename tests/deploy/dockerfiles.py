"""Reads a Dockerfile as its instructions."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.checks.sources import ROOT

IMAGE_USER = 10001


@dataclass(frozen=True)
class Instruction:
    """One instruction with its arguments, continued lines joined."""

    name: str
    arguments: str


def dockerfile(service: str) -> Path:
    """Returns where a service's Dockerfile is."""
    return ROOT / "services" / service / "Dockerfile"


def instructions(file: Path) -> Iterator[Instruction]:
    """Yields the instructions of a file in order."""
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        name, _, arguments = line.partition(" ")
        yield Instruction(name, " ".join(arguments.split()))


def stages(file: Path) -> list[list[Instruction]]:
    """Returns the instructions of each stage, its FROM first."""
    found: list[list[Instruction]] = []
    for each in instructions(file):
        if each.name == "FROM":
            found.append([])
        if found:
            found[-1].append(each)
    return found
