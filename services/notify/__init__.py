"""Notify: reach the person, reach the partner, prove it."""
