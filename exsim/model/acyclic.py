"""
``@mypyc_attr(acyclic=True)`` says of a class that nothing that its objects hold leads back to them.

Compiled, the collector of garbage then never looks at them: they are made and let go of in fewer
steps, and what there are many of (orders, reports, entries of the journal) makes no collection
longer. A pure install has no need of it, nor of the package that has the mark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_extensions import mypyc_attr as mypyc_attr
else:

    def mypyc_attr(**_marks: Any) -> Any:
        """Leave a class as it is."""
        return lambda kind: kind
