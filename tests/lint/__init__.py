"""Lint rules of the project's own."""
