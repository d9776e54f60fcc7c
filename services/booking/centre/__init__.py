"""The digital employment centre: people who work two or three hours a day, when they can. Rules only."""
