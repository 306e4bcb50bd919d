"""Statistics of arrays: effect sizes, reliability, the test of the claim, quartiles, disclosure.

Nothing here knows surveys, files or pages.
"""
