"""Plans: what a month is about in a region, and which school is due for whom and when."""
