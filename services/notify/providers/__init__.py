"""Those who carry our messages."""
