"""cfanalysis: the Say-Do gap of Customer Focus Self Assessments, honestly tested and published.

Importing the package imports nothing heavy; take what you need from its modules, e.g.
``from cfanalysis.study.prepared_study import open_study``.
"""

__version__ = "0.1.0"
