"""Tables of objects: joining them, their columns, reading and writing them, painting a column onto labels."""
