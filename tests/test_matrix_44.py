"""The order state matrices of FIX 4.4, groups A to L, in every version from FIX.4.3 on."""

from __future__ import annotations

from tests.matrix_words import NAMES, matrices, since
from tests.test_matrix_42 import MatrixTestCase


class Fix44Tests(MatrixTestCase):
    """A to L."""

    name = "fix44.toml"

    def test_every_version(self) -> None:
        """Each matrix comes out as it says, told in the codes of each version."""
        for version in NAMES:
            if since(version, "FIX.4.3"):
                self.assertGreater(self.play(version), 40, version)

    def test_complete(self) -> None:
        """There is something of every group."""
        groups = {matrix.ref[0] for matrix in matrices(self.name)}
        self.assertEqual("".join(sorted(groups)), "ABCDEFGHIJKL")
