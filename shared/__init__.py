"""Mechanism and contracts that the four services share. No business rule lives here and no service is imported."""
