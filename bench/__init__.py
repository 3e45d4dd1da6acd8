"""Measurements, each as a ratio to something simpler that runs in the same minutes on the same servers."""
