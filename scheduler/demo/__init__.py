"""The demo: a small newsroom on loopback, polled over several simulated days, with no network and no account."""
