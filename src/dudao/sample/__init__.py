"""The sample city: made-up schools, people and months of history, written through the services."""
