"""Use cases of client orders: rules, store and clock brought together."""
