"""Executing notebooks with papermill: an engine of the project's own, whose fork server starts one worker process for each job."""
