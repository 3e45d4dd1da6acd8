"""Reads tables from docs/operations.md, which the manifests must agree with."""

from tools.checks.sources import ROOT

PAGE = ROOT / "docs/operations.md"


def table(heading: str) -> list[list[str]]:
    """Returns the rows of the first table below a heading, without its header; backticks are dropped."""
    section = PAGE.read_text().split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip(" `") for cell in row] for row in rows[2:]]


def listed(cell: str) -> set[str]:
    """Splits a cell at its commas."""
    return {part.strip() for part in cell.split(",")}
