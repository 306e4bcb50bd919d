"""What the survey says: one question, one file.

Each takes a `Survey` (a client's report: a `ClientExtract`) and returns a frozen result with its n.
"""
