"""`make bench-booking`: how fast free times are found and appointments made, beside plainer ways measured in the same run."""
