"""A development issuer: an OpenID provider of sample people for the local stack and tests, never for anything else.

It asks for no password. So it listens on loopback only, answers loopback only, and sends browsers back to loopback only.
"""
