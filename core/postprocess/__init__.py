"""Making better labels from labels: without fragments and holes, with rings, flooded from markers."""
