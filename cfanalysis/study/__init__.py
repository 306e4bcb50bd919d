"""Prepare a study from a survey file, and open it again.

A study is one immutable folder, written aside and moved when whole:

==========================  ==================================================================================
``responses.parquet``       one row per respondent and wave (absent where only frequency tables were published)
``shares.parquet``          answer shares
``scores.parquet``          every score of every organization and wave
``organizations.parquet``   the organizations, their respondents and facts
``outcomes.parquet``        outcomes of organizations, where a file of them was given
``cleaning_log.json``       every change made while cleaning, with its reason
``verdict.json``            the test of the claim
``instrument.yaml``         the instrument, as it was
``manifest.json``           hashes of inputs and files, versions, seed
==========================  ==================================================================================

The same input gives the same bytes. A study has the name of its folder.
"""
