"""Imports at work: files are taken in, read page by page in the background, and what they change is written with its progress."""
