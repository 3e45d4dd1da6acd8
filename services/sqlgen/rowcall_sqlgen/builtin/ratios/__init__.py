"""Questions for a ratio, a share, a percentage or a difference."""
