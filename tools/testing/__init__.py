"""What the test runs of all packages share."""
