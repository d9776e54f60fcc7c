"""What matching does when an event arrives, one module per subject; `consumers.py` puts them together."""
