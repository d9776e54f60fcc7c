"""What matching costs: `make bench-matching`."""
