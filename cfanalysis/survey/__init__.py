"""What was asked and what is known: the instrument, the survey in memory, the rules of confidentiality."""
