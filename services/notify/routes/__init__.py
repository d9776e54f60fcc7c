"""Notify's API."""
