"""Snapshot files: whole or not used, and no more of them than are needed."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.errors import ConfigError
from exsim.services.files import RealFiles
from exsim.services.snapshots import (
    OLDEST,
    VERSION,
    DamagedSnapshot,
    Snapshot,
    Snapshots,
    decode,
    encode,
    plain,
)

STATE = {"numbers": [1, -(2**63), 2**63 - 1], "text": "é", "bytes": b"\x00\x01", "none": None}


class FormatTests(SynchronousTestCase):
    """One file."""

    def test_round_trip(self) -> None:
        """What was written is read."""
        snapshot = Snapshot(3, 17, 99, STATE)
        self.assertEqual(decode(encode(snapshot)), snapshot)

    def test_every_bit_counts(self) -> None:
        """Any bit that is not as it was is noticed; so is any cut."""
        data = encode(Snapshot(1, 2, 3, STATE))
        for at in range(len(data)):
            for bit in range(8):
                changed = bytearray(data)
                changed[at] ^= 1 << bit
                with self.assertRaises(ValueError):
                    decode(bytes(changed))
            with self.assertRaises(DamagedSnapshot):
                decode(data[:at])
        with self.assertRaises(DamagedSnapshot):
            decode(data + b"\0")

    def test_nothing_shared(self) -> None:
        """A state that was made plain does not change with what it was made of."""
        numbers = [1]
        made = plain({"numbers": numbers})
        numbers.append(2)
        self.assertEqual(made, {"numbers": [1]})


class FolderTests(SynchronousTestCase):
    """A folder of them."""

    def setUp(self) -> None:
        """Snapshots of two epochs."""
        self.folder = Path(self.mktemp())
        self.snapshots = Snapshots(str(self.folder), RealFiles())
        self.snapshots.open()
        for epoch, seq in ((1, 900), (2, 10), (2, 20), (2, 30)):
            self.snapshots.write(Snapshot(epoch, seq, 0, seq))

    def newest(self, epoch: int, last: int) -> int | None:
        """The entry of the snapshot that is used."""
        snapshot = self.snapshots.newest(epoch, last)
        return None if snapshot is None else snapshot.seq

    def test_newest(self) -> None:
        """Of the epoch."""
        self.assertEqual(self.newest(3, 30), None)
        self.assertEqual(self.newest(2, 30), 30)

    def test_beyond_the_journal(self) -> None:
        """One of entries that were lost is told of, and stays."""
        for epoch, last in ((2, 29), (1, 0)):
            with self.assertRaises(ConfigError) as caught:
                self.newest(epoch, last)
            text = str(caught.exception)
            self.assertIn("0000000002-00000000000000000030.snapshot is the state after", text)
            self.assertIn("entry 30, but the journal ", text)
            self.assertIn(f"ends with entry {last}:" if last else "is empty:", text)
            self.assertIn("`exsim repair` goes on from that snapshot", text)
        self.assertEqual(self.newest(2, 30), 30)

    def test_a_reset_cut_short(self) -> None:
        """One of an epoch that was never begun is set aside, and never used for the next."""
        self.assertEqual(self.newest(1, 901), 900)
        self.assertEqual([seq for _, seq, _ in self.snapshots.all()], [900])

    def test_a_full_disk(self) -> None:
        """One that cannot be written leaves nothing behind, and can be tried again."""

        class Full(RealFiles):
            def write(self, file: int, data: bytes, offset: int) -> None:
                raise OSError(28, "No space left on device")

        before = sorted(self.folder.iterdir())
        full = Snapshots(str(self.folder), Full())
        for _ in range(2):
            with self.assertRaises(OSError) as caught:
                full.write(Snapshot(2, 40, 0, STATE))
            self.assertEqual(caught.exception.errno, 28)
        self.assertEqual(sorted(self.folder.iterdir()), before)

    def test_damaged(self) -> None:
        """One that is damaged is passed over."""
        path = self.folder / "0000000002-00000000000000000030.snapshot"
        path.write_bytes(path.read_bytes()[:-1])
        self.assertEqual(self.newest(2, 30), 20)

    def test_newer_version(self) -> None:
        """One of a later exsim is refused, since what it says is not known."""
        path = self.folder / "0000000002-00000000000000000030.snapshot"
        data = bytearray(path.read_bytes())
        data[8] = VERSION + 1
        path.write_bytes(data)
        with self.assertRaises(ConfigError) as caught:
            self.newest(2, 30)
        self.assertIn(f"it has version {VERSION + 1}", str(caught.exception))

    def test_older_version(self) -> None:
        """One whose state is no longer understood is refused, and told from damage."""
        path = self.folder / "0000000002-00000000000000000030.snapshot"
        data = bytearray(path.read_bytes())
        data[8] = OLDEST - 1
        path.write_bytes(data)
        with self.assertRaises(ConfigError) as caught:
            self.newest(2, 30)
        self.assertIn(
            f"version {OLDEST - 1}, and this exsim reads from {OLDEST}", str(caught.exception)
        )

    def test_clear_out(self) -> None:
        """Two of the epoch stay; what comes after the older of them has to be kept."""
        self.assertEqual(self.snapshots.clear_out(2), 20)
        self.assertEqual([(e, s) for e, s, _ in self.snapshots.all()], [(2, 30), (2, 20)])
        self.assertEqual(self.snapshots.clear_out(3), 0)
        self.assertEqual(len(self.snapshots.all()), 2)

    def test_unfinished(self) -> None:
        """What a crash left half written goes at the next start."""
        left = self.folder / "0000000002-00000000000000000040.snapshot.77.new"
        left.write_bytes(b"EXSIMSNP")
        self.assertEqual(self.newest(2, 50), 30)
        self.snapshots.open()
        self.assertFalse(left.exists())
