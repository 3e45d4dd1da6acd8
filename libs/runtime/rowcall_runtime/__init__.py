"""How a Rowcall process behaves: store, bus, worker, lease, sweep, outbox, telemetry. Knows no business noun."""
