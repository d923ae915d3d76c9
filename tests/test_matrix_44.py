"""The order state matrices of FIX 4.4, groups A to L, from FIX.4.3 on; those of FIX 4.3."""

from __future__ import annotations

from tests.matrix_words import NAMES, matrices, since
from tests.test_matrix_42 import MatrixTestCase


class Fix44Tests(MatrixTestCase):
    """A to L."""

    def test_every_version(self) -> None:
        """Each matrix comes out as it says, told in the codes of each version."""
        for version in NAMES:
            if since(version, "FIX.4.3"):
                self.assertGreater(self.play("fix44.toml", version), 40, version)

    def test_complete(self) -> None:
        """There is something of every group."""
        groups = {matrix.ref[0] for matrix in matrices("fix44.toml")}
        self.assertEqual("".join(sorted(groups)), "ABCDEFGHIJKL")


class Fix43Tests(MatrixTestCase):
    """Those that FIX 4.3 has under numbers of its own."""

    def test_played(self) -> None:
        """Each comes out in FIX 4.3, and is in no other version."""
        self.assertGreater(self.play("fix43.toml", "FIX.4.3"), 5)
        self.assertEqual(self.play("fix43.toml", "FIX.4.4"), 0)
