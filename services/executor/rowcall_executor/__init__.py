"""The only service that opens customers' databases: checks, introspects and queries them, read-only and bounded."""
