"""The whole of Banso as processes, through its gateway."""
