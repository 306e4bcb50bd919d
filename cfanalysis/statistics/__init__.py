"""Statistics of arrays: effect sizes, reliability, the test of the claim, quartiles, disclosure.

Nothing here knows surveys, files or pages.
"""

from cfanalysis.core.lazy_modules import load_when_used

# SciPy copies all names of NumPy, and with them imports a compiler of Fortran and a framework of tests.
load_when_used("numpy.f2py", "numpy.testing")
