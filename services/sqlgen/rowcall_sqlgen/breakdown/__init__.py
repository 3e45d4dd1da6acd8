"""Breakdown: one text with several questions becomes sub-questions that are answered one by one."""
