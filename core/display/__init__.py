"""How values become what is seen: contrast, colour maps, histograms, pictures."""
