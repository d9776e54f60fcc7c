"""The four services of Banso. They never import one another; they meet in the event contracts of `shared.events`."""
