"""Where events go: endpoints, and what became of their deliveries. The webhooks service sends them."""
