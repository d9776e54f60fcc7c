"""Real NATS and MongoDB-wire servers for the tests, in this order: URLs in the environment, Docker when it answers, the embedded ones."""
