"""Writes documents from the contracts, so that they can't disagree with the code."""
