"""`python -m tests.chaos`: journeys while processes are killed and paused at random, and the proof that nothing was lost or doubled."""
