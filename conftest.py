"""Every test run, whichever folder it is given, reports its tiers and judges its skips."""

pytest_plugins = ["tools.testing.tiers", "tools.testing.skips"]
