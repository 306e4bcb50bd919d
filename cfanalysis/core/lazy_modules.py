"""Modules of libraries that another library imports and hardly anybody uses: loaded when something of them is used."""

from __future__ import annotations

import sys
from importlib.util import LazyLoader, find_spec, module_from_spec


def load_when_used(*names: str) -> None:
    """Have submodules loaded at the first use of one of their attributes, whoever imports them before.

    Parameters
    ----------
    *names
        Full names, such as ``"numpy.f2py"``. What has been imported already, or does not exist, is left as it is.

    Examples
    --------
    >>> load_when_used("xml.dom.pulldom")
    >>> import xml.dom.pulldom
    >>> xml.dom.pulldom.START_ELEMENT
    'START_ELEMENT'
    """
    for name in names:
        if name in sys.modules or (spec := find_spec(name)) is None or spec.loader is None:
            continue
        spec.loader = LazyLoader(spec.loader)
        module = module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        parent, _, child = name.rpartition(".")
        setattr(sys.modules[parent], child, module)
