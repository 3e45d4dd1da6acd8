"""The gateway: HTTP in. Accepts jobs, tells their progress, and owns every resource a caller can configure."""
