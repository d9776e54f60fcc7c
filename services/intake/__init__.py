"""Intake: who are you, what is hard, which support exists, who stays with you."""
