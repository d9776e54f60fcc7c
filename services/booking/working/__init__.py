"""What people do with the digital employment centre: rules, store and clock brought together."""
