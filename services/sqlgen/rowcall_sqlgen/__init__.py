"""Turns a question into ranked SQL candidates, a clarifying question or a refusal."""
