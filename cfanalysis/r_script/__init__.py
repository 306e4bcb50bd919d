"""The script that computes the test of the claim again in base R."""
