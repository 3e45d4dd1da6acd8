"""Runs the laptop stack with stub services, and without a migration unless the arguments name one."""

import signal
import sys
from dataclasses import replace
from pathlib import Path

from tools.local.errors import LaptopError
from tools.local.programs import SERVICES
from tools.local.run import SIGNALS, Parts, end_once, run
from tools.local.settings import LocalSettings

STUB = str(Path(__file__).with_name("stub_service.py"))


def main() -> int:
    """Returns 0 when a signal ended it, 1 when it could not start."""
    for each in SIGNALS:
        signal.signal(each, end_once)
    services = [replace(each, command=(sys.executable, STUB, f"rowcall_{each.name}")) for each in SERVICES]
    migrate = sys.argv[1:] or ["true"]
    try:
        run(LocalSettings(), Parts(services=services, migrate=migrate), announce=lambda text: print(text, flush=True))
    except KeyboardInterrupt:
        print("stopped")
    except LaptopError as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
