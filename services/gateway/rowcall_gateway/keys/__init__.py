"""API keys, for operators."""
