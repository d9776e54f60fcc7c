"""Stand-ins for what Banso talks to outside itself: the LINE platform, a partner agency, a mail server.

Each is a real process (`python -m tests.fakes.line|partner|mail`) that speaks the real protocol over a real
socket; what they accept and refuse is checked against the official clients in tests/integration/local.
"""
