"""Jobs over HTTP: accepted, followed, cancelled, erased; their rows and their stream."""
