"""Customers' databases: registered here, opened by the executor alone."""
