"""The brand: one YAML file with the logo, colours, fonts and contact lines of the publisher.

It serves charts, PDF and web page alike. A publishing run names the file, and passes it to the processes that run
cells and make pages (`cfanalysis.core.publication`). A notebook that is run by hand uses the ``brand.yaml`` of its
workspace. Without one, the house's own look is used.
"""

from cfanalysis.theme.brand.brand_file import BRAND as BRAND
from cfanalysis.theme.brand.brand_file import brand_files as brand_files
from cfanalysis.theme.brand.brand_file import brand_hash as brand_hash
from cfanalysis.theme.brand.brand_file import current_brand as current_brand
from cfanalysis.theme.brand.brand_file import current_brand_file as current_brand_file
from cfanalysis.theme.brand.brand_file import load_brand as load_brand
from cfanalysis.theme.brand.brand_model import DEFAULT_BRAND as DEFAULT_BRAND
from cfanalysis.theme.brand.brand_model import Brand as Brand
from cfanalysis.theme.brand.brand_model import Colours as Colours
from cfanalysis.theme.brand.brand_model import Fonts as Fonts
from cfanalysis.theme.brand.colours import blend as blend
from cfanalysis.theme.brand.colours import contrast_ratio as contrast_ratio
from cfanalysis.theme.brand.colours import luminance as luminance
from cfanalysis.theme.brand.typeface import Typeface as Typeface
from cfanalysis.theme.brand.typeface import typeface as typeface
