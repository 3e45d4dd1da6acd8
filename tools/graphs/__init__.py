"""Writes the networks as ONNX graphs without weights, from the definitions that training uses."""
