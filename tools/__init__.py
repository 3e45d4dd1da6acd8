"""What a developer runs beside the product: the laptop stack and this repository's own checks."""
