"""From an image to labels: smoothing, background, thresholds, labelling, splitting, clearing."""
