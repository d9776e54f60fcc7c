"""Tests by kind: unit (no sockets), integration (real NATS and Mongo), contract, e2e (real processes), chaos, bench."""
