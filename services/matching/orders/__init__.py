"""Client orders, what people can do of them, and who might do what: all of it pure."""
