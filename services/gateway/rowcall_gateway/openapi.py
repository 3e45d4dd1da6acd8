"""`python -m rowcall_gateway.openapi` prints the OpenAPI document, the same bytes every time."""

import json
import sys

from rowcall_gateway.app import api
from rowcall_gateway.description import describe


def main() -> None:
    """Prints the document."""
    json.dump(describe(api()), sys.stdout, indent=2, sort_keys=True, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
