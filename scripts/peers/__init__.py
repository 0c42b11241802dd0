"""The queues that scripts/bench measures Kịp beside: a server of its own for each, driven over its plain protocol."""
