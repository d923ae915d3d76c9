"""The order state matrices of FIX 4.2, Appendix D, in every version of FIX; those of FIX 4.1."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.matrix_player import Stage
from tests.matrix_words import NAMES, everything, matrices


class MatrixTestCase(SynchronousTestCase):
    """Plays what is in one file."""

    def play(self, name: str, version: str) -> int:
        """Play all of a file that there is for a version; how often that was."""
        stage = Stage(version)
        self.addCleanup(stage.stop)
        problems = []
        played = 0
        for matrix in matrices(name):
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
            self.assertGreater(self.play("fix42.toml", version), 37, version)


class Fix41Tests(MatrixTestCase):
    """1 to 10."""

    def test_played(self) -> None:
        """Each comes out in FIX 4.1, and is in no other version."""
        self.assertGreater(self.play("fix41.toml", "FIX.4.1"), 10)
        self.assertEqual(self.play("fix41.toml", "FIX.4.2"), 0)


class DataTests(SynchronousTestCase):
    """What the files say of themselves."""

    def test_complete(self) -> None:
        """There are all 37 and all 10, each with its source."""
        refs = {matrix.ref.partition(".")[0] for matrix in matrices("fix42.toml")}
        self.assertEqual(refs, {f"D{number}" for number in range(1, 38)})
        older = [matrix.ref for matrix in matrices("fix41.toml")]
        self.assertEqual(older, [f"4.1-{number}" for number in range(1, 11)])

    def test_names(self) -> None:
        """No two have one name, and each names the clause that has it."""
        names = [matrix.ref for matrix in everything()]
        self.assertEqual(len(set(names)), len(names))
        for matrix in everything():
            self.assertIn(f" {matrix.clause}\n", f"{matrix.source}\n")

    def test_unconfirmed(self) -> None:
        """Two documents confirm all but those of FIX 4.1, and a few that one or none has."""
        unconfirmed = {
            "fix41.toml": "4.1-1 4.1-2 4.1-3 4.1-4 4.1-5 4.1-6 4.1-7 4.1-8 4.1-9 4.1-10",
            "fix42.toml": "",
            "fix43.toml": "",
            "fix44.toml": "B.1.d B.1.d.waits E.1.e E.1.e.rejected"
            " L.1.b L.1.b.rejected L.1.b.market",
        }
        for name, refs in unconfirmed.items():
            found = [matrix.ref for matrix in matrices(name) if not matrix.confirmed]
            self.assertEqual(found, refs.split(), name)

    def test_unread(self) -> None:
        """Of those of FIX 4.1 no document was found, so their steps are those of FIX 4.2."""
        found = [matrix.ref for matrix in everything() if not matrix.read]
        self.assertEqual(found, [matrix.ref for matrix in matrices("fix41.toml")])
