"""Executing notebooks with papermill: an engine whose fork server starts one worker process for each job."""
