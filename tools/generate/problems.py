"""`python -m tools.generate.problems` prints the page of problem types."""

import sys

from rowcall_contracts.problems import ProblemType

INTRODUCTION = """\
# Problem types

Every error is an RFC 9457 document (`application/problem+json`) whose `type` is one of these paths; the gateway serves
a page at each. A failed job carries one of them as its `error`; the status is then informative only.

| Type | Status | Meaning | What to do |
|---|---|---|---|
"""


def main() -> None:
    """Prints the page."""
    rows = [f"| `{kind.uri}` | {kind.status} | {kind.title} | {kind.cure} |\n" for kind in ProblemType]
    sys.stdout.write(INTRODUCTION + "".join(rows))


if __name__ == "__main__":
    main()
