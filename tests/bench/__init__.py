"""`make bench`: the spine beside a plain floor, measured in the same run on servers of its own."""
