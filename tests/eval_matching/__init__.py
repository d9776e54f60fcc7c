"""How well the models rank, on anybody's interactions: `make eval-matching DATA=folder`."""
