"""The synthetic sample with its documented truth.

A seeded generator writes an export of a made-up Customer Focus survey, messy on purpose. Two things are known
about it that are never known about real data: the parameters from which the answers were drawn (`Truth`), and
every piece of dirt that was planted (`Sample.planted`). So it can be proved that cleaning finds what was
planted, and that the analyses find what is true. ``docs/sample.md`` documents both.

No organization in it exists; each row says ``synthetic`` in the column ``origin``, and so does every page
made from it.
"""

from cfanalysis.study.sample.dirt import FATES as FATES
from cfanalysis.study.sample.generator import ORIGIN as ORIGIN
from cfanalysis.study.sample.generator import SAMPLE_ORGANIZATIONS as SAMPLE_ORGANIZATIONS
from cfanalysis.study.sample.generator import SAMPLE_SEED as SAMPLE_SEED
from cfanalysis.study.sample.generator import Sample as Sample
from cfanalysis.study.sample.generator import sample_responses as sample_responses
from cfanalysis.study.sample.generator import write_sample as write_sample
from cfanalysis.study.sample.truth import TRUTH as TRUTH
from cfanalysis.study.sample.truth import Truth as Truth
