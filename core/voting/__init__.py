"""What several annotators say: consensus, agreement, pace, and who gets which block."""
