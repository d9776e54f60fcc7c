"""Send lists: who is sent which offers this week. Only who asked for it, never too often, within the hard conditions, fair to companies."""
