"""How work goes, seen by the worker and by staff, and the talk about a next step that may come of it. Pure rules."""
