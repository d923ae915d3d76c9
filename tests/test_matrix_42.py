"""The order state matrices of FIX 4.2, Appendix D, in every version of FIX."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.matrix_player import Stage
from tests.matrix_words import NAMES, matrices


class MatrixTestCase(SynchronousTestCase):
    """Plays what is in one file."""

    name = "fix42.toml"

    def play(self, version: str) -> int:
        """Play all that there is for a version; how often that was."""
        stage = Stage(version)
        self.addCleanup(stage.stop)
        problems = []
        played = 0
        for matrix in matrices(self.name):
            try:
                played += stage.play(matrix)
            except AssertionError as error:
                problems.append(str(error))
        self.assertEqual(problems, [], "\n".join(problems))
        return played


class Fix42Tests(MatrixTestCase):
    """D1 to D37."""

    def test_every_version(self) -> None:
        """Each matrix comes out as it says, told in the codes of each version."""
        for version in NAMES:
            self.assertGreater(self.play(version), 37, version)


class DataTests(SynchronousTestCase):
    """What the files say of themselves."""

    def test_complete(self) -> None:
        """There are all 37, each with its source."""
        refs = {matrix.ref.partition(".")[0] for matrix in matrices("fix42.toml")}
        self.assertEqual(refs, {f"D{number}" for number in range(1, 38)})

    def test_unconfirmed(self) -> None:
        """Two documents confirm all but these."""
        unconfirmed = {
            "fix42.toml": "D1 D2 D4.refused D6 D6.refused D6.at-once D8 D12 D14 D16 D17 D21 D22"
            " D24 D25 D26 D28 D32 D33",
            "fix44.toml": "A.1.a A.1.b B.1.e B.1.f C.1.c C.3.c D.1.b D.2.a D.2.b E.1.d E.1.f F.1.a"
            " G.1.a G.1.b G.1.c H.1.b I.1.a I.1.b K.1",
        }
        for name, refs in unconfirmed.items():
            found = [matrix.ref for matrix in matrices(name) if not matrix.confirmed]
            self.assertEqual(found, refs.split(), name)
