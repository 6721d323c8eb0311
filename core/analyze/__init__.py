"""From a table of measurements to categories, clusters and classes of objects."""
