"""What a survey asks: scales, dimensions, items, fields, indices.

An instrument is a YAML file. It is the only place where items are named: every other package asks the instrument
which items are Say and which are Do, how they are keyed, and how answers look in an export. Read one with
`load_instrument`; the file format is described in ``docs/instruments.md``.

Terms
-----
facet
    *Say* is what an organization intends for customers, *Do* is what it does.
pair
    One Say item and one Do item about the same subject.
scale
    The answer grid: whole numbers from ``min`` to ``max``, their labels, and the codes for "don't know".
index
    A score made from several items by a published formula.
criterion
    The index on which organizations are cut into quartiles; it contains no gap item.
"""

from cfanalysis.survey.instrument.consistency import RESERVED_COLUMNS as RESERVED_COLUMNS
from cfanalysis.survey.instrument.instrument_file import load_instrument as load_instrument
from cfanalysis.survey.instrument.instrument_file import parse_instrument as parse_instrument
from cfanalysis.survey.instrument.instrument_model import Care as Care
from cfanalysis.survey.instrument.instrument_model import DataField as DataField
from cfanalysis.survey.instrument.instrument_model import DontKnow as DontKnow
from cfanalysis.survey.instrument.instrument_model import Facet as Facet
from cfanalysis.survey.instrument.instrument_model import Formula as Formula
from cfanalysis.survey.instrument.instrument_model import FrequencyTables as FrequencyTables
from cfanalysis.survey.instrument.instrument_model import Index as Index
from cfanalysis.survey.instrument.instrument_model import Instrument as Instrument
from cfanalysis.survey.instrument.instrument_model import Item as Item
from cfanalysis.survey.instrument.instrument_model import Minima as Minima
from cfanalysis.survey.instrument.instrument_model import Pair as Pair
from cfanalysis.survey.instrument.instrument_model import Role as Role
from cfanalysis.survey.instrument.instrument_model import Scale as Scale
from cfanalysis.survey.instrument.instrument_model import Titled as Titled
from cfanalysis.survey.instrument.shipped_instruments import find_instrument as find_instrument
from cfanalysis.survey.instrument.shipped_instruments import shipped_instruments as shipped_instruments
