"""Many reports in one run: their plan and ledger, processes on this machine or on a cluster, the index page."""
