"""Answers become numbers: answer shares, item means and index scores, the Say-Do gap, the score table."""
