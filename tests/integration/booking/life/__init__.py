"""The whole life of bookings as a state machine: the service beside a model that is obviously right."""
