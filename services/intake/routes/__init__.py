"""Intake's API."""
