"""Measures a generator on a set of questions with known answers. No part of the service: nothing there imports it."""
