"""One file for each installed distribution of the course, holding its version."""
