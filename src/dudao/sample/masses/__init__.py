"""A county, a province, the nation for years, in bulk: made up like the sample city, but written past the services."""
