"""The recommender: pure functions on numpy and scipy.sparse. Nothing here reads a clock, a database or a random source of its own."""
