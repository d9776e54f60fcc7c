"""Matching: which work fits, and why. Owns questionnaires, companies, offers, slates and interests."""
