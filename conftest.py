"""Every test run, whichever folder it is given, reports tiers, judges skips, shares servers and work."""

pytest_plugins = [
    "tools.testing.tiers",
    "tools.testing.skips",
    "tools.testing.servers",
    "tools.testing.demo_data",
    "tools.testing.sharing",
]
