"""Workspaces, for operators."""
