"""The blocks that Cytoscribe makes to try itself with."""
