"""Turns events into deliveries, signs them and sends them."""
