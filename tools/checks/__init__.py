"""This repository checks itself: rules that no ready-made linter knows."""
