"""Every test run, whichever folder it is given, reports its tiers, judges its skips and shares its servers."""

pytest_plugins = ["tools.testing.tiers", "tools.testing.skips", "tools.testing.servers"]
