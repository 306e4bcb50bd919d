"""``python -m cfanalysis``: the command line."""

from cfanalysis.cli import main

main()
