"""From a file and ``--set`` to what is wrong with them, word for word."""

from __future__ import annotations

from textwrap import dedent

from exsim.config.load import MOST_REPORTED, report
from exsim.config.schema import EXSIM
from exsim.config.schema import VENUE as VENUE_KEYS
from exsim.errors import ConfigError, Problem
from tests.config_fakes import ConfigTestCase

VENUE = "[venue:X]\n"
ENDPOINT = "[endpoint:oe]\nvenue = X\nprotocol = telegraph\nlisten = tcp:0\ncomp_id = X\n"

MISTAKES = """\
# A file with a dozen mistakes, and then some.
seed = 1
[exsim]
sed = 1
journal_size = lots
[rest]
listen = tcp:8480
[venue:XSIM]
polices = match
seed = 1
seed = 2
policies = mach, slow
pricing = fixd
on_error = retry
[venue:XSIM]
instruments = nowhere.csv
[instrument:XSMI:AAA]
tik = 1
tick = 0.01   # a cent
[instrument:AAA]
tick = -1
[instrument:XSIM:BBB]
min_qty = 10
max_qty = 5
[venu:OTHER]
max_hold = 3
[endpoint:order-entry]
venue = xsim
protocol = telegraf
listen = tpc:9878
[endpoint:second]
venue = OTHER
protocol = telegraph
listen = tcp:98780
hartbeat = 3
heartbeat = 300
[session:A B]
endpoint = second
[session:C2]
endpoint = order-enty
password = x
policies = nope
just words
[policy:p]
kind = slwo
[policy:q]
kind = slow
tme = 3
[policy:r]
[pricing:s]
source = fixed
price = 1,5
[rest:x]
[wholly]
"""

COMPLAINTS = """\
:2: 'seed' stands before any [SECTION]
:4: [exsim] has no key 'sed': did you mean 'seed'?
:5: [exsim] journal_size: 'lots' is no whole number
:7: [rest] listen: other machines can connect to 'tcp:8480': add token_file = FILE, with a token \
that they have to bring, or interface=127.0.0.1
:9: [venue:XSIM] has no key 'polices': did you mean 'policies'?
:11: [venue:XSIM] has 'seed' a second time; the first is in line 10
:12: [venue:XSIM] policies: there is no [policy:mach] section, and \
there is no policy 'mach'; known: match, slow
:12: [venue:XSIM] policies: slow needs 'time': write a section [policy:slow] with kind = slow
:13: [venue:XSIM] pricing: there is no [pricing:fixd] section, and \
there is no source 'fixd'; known: manual, fixed
:14: [venue:XSIM] on_error: 'retry' is none of reject, pass, hold, drop
:15: [venue:XSIM] is here a second time; the first is in line 8
:16: [venue:XSIM] instruments: FOLDER/nowhere.csv: cannot be read: No such file or directory
:17: [instrument:XSMI:AAA]: there is no [venue:XSMI]: did you mean 'XSIM'?
:18: [instrument:XSMI:AAA] has no key 'tik': did you mean 'tick'?
:19: [instrument:XSMI:AAA] tick: '0.01   # a cent' is no decimal number such as 100 or 100.25; \
a comment needs a line of its own
:20: [instrument:AAA] should read [instrument:VENUE:SYMBOL]
:23: [instrument:XSIM:BBB] min_qty: 10 is above max_qty, 5
:25: [venu:OTHER] is no section of exsim: did you mean [venue:NAME]?
:26: [venue:OTHER] has no key 'max_hold': did you mean 'max_holds'?
:28: [endpoint:order-entry] venue: there is no [venue:xsim]: did you mean 'XSIM'?
:29: [endpoint:order-entry] protocol: there is no protocol 'telegraf'; known: telegraph
:30: [endpoint:order-entry] listen: 'tpc:9878' begins with 'tpc': did you mean 'tcp'?
:31: [endpoint:second] needs 'comp_id': the name of the venue on the wire
:34: [endpoint:second] listen: '98780' in 'tcp:98780' is no port from 1 to 65535, or 0 for any
:35: [endpoint:second] has no key 'hartbeat': did you mean 'heartbeat'?
:36: [endpoint:second] heartbeat: 300 is not from 1 to 60
:37: [session:A B]: 'A B' is no name: give one word in ASCII
:40: [session:C2] endpoint: there is no [endpoint:order-enty]: did you mean 'order-entry'?
:42: [session:C2] policies: there is no [policy:nope] section, and \
there is no policy 'nope'; known: match, slow
:43: 'just words' is neither [SECTION] nor KEY = VALUE
:45: [policy:p] kind: there is no policy 'slwo'; known: match, slow
:46: [policy:q] needs 'time': how long it takes
:48: [policy:q] has no key 'tme': did you mean 'time'?
:49: [policy:r] needs 'kind': which policy, such as fill
:52: [pricing:s] price: '1,5' is no decimal number such as 100 or 100.25
:53: [rest:x] should read [rest]
:54: [wholly] is no section of exsim; known: [exsim], [rest], [venue:NAME], \
[instrument:VENUE:SYMBOL], [account:VENUE:NAME], [fees:VENUE:NAME], [endpoint:NAME], \
[session:NAME], [policy:NAME], [bot:NAME], [pricing:NAME], [behaviour:NAME], \
[proxy:NAME], [gateway:NAME]
"""


class ProblemsTests(ConfigTestCase):
    """Everything that can be wrong."""

    def test_all_at_once(self) -> None:
        """One run finds every mistake of a file, in the order of its lines."""
        self.assertEqual(self.problems(MISTAKES), COMPLAINTS.splitlines())

    def test_nothing_to_trade_on(self) -> None:
        """A simulator without a venue is none."""
        expected = [": there is no [venue:NAME], so nothing can be traded"]
        self.assertEqual(self.problems(""), expected)

    def test_needed(self) -> None:
        """What a section cannot do without is said where the section begins."""
        expected = [
            ":3: [endpoint:oe] needs 'venue': the name of its [venue:NAME]",
            ":3: [endpoint:oe] needs 'protocol': what is spoken there, such as fix",
            ":3: [endpoint:oe] needs 'listen': where it listens, a Twisted endpoint description "
            "such as tcp:9878:interface=127.0.0.1; port 0 takes any free one, and none means that "
            "all its sessions connect by themselves",
            ":4: [session:C] needs 'endpoint': the name of its [endpoint:NAME]",
        ]
        self.assertEqual(self.problems(VENUE + "\n[endpoint:oe]\n[session:C]\n"), expected)
        expected = [
            ":2: [pricing:a] needs 'price': FIX price of everything",
            ":4: [pricing:again] needs 'source': which pricing source, such as fixed",
            ":5: [pricing:agin] needs 'source': which pricing source, such as fixed",
        ]
        text = VENUE + "[pricing:a]\nsource = fixed\n[pricing:again]\n[pricing:agin]\n"
        self.assertEqual(self.problems(text), expected)

    def test_empty(self) -> None:
        """A key without a value is not taken for what it needs to be."""
        expected = [":3: [session:C] endpoint: nothing is given"]
        self.assertEqual(self.problems(VENUE + "[session:C]\nendpoint =\n"), expected)

    def test_nothing_near(self) -> None:
        """Where no name is near, all there are are listed, or that there is none."""
        expected = [
            f":2: [venue:X] has no key 'zzz'; known: {', '.join(one.name for one in VENUE_KEYS)}",
            ":4: [session:C] endpoint: there is no [endpoint:far]; there is none",
        ]
        text = "[venue:X]\nzzz = 1\n[session:C]\nendpoint = far\n"
        self.assertEqual(self.problems(text), expected)

    def test_near_policy(self) -> None:
        """A section that is nearly named is told, though a plugin could have been meant."""
        text = "[venue:X]\npolicies = mild\n[policy:mind]\nkind = match\n"
        expected = [
            ":2: [venue:X] policies: there is no [policy:mild] section (did you mean 'mind'?), "
            "and there is no policy 'mild'; known: match, slow"
        ]
        self.assertEqual(self.problems(text), expected)

    def test_wrong_kinds(self) -> None:
        """A value of every sort that cannot be read leaves the rest to be looked at."""
        text = """\
        [rest]
        listen = tpc:1
        [exsim]
        fix_log_keep = -1
        [venue:X]
        seed = one
        max_holds = 0
        [instrument:X:A]
        currency =
        security_id = a b
        id_source = \u00e9
        lot = 0
        min_qty = few
        max_qty = 1
        [exsim]
        sed = 1
        """
        expected = [
            ":2: [rest] listen: 'tpc:1' begins with 'tpc': did you mean 'tcp'?",
            ":4: [exsim] fix_log_keep: -1 is not from 0 to 10000",
            ":6: [venue:X] seed: 'one' is no whole number",
            ":7: [venue:X] max_holds: 0 is not from 1 to 100000000",
            ":9: [instrument:X:A] currency: nothing is given",
            ":10: [instrument:X:A] security_id: 'a b' is no code: give one word in ASCII",
            ":11: [instrument:X:A] id_source: '\u00e9' is no code: give one word in ASCII",
            ":12: [instrument:X:A] lot: 0 is too small",
            ":13: [instrument:X:A] min_qty: 'few' is no decimal number such as 100 or 100.25",
            ":15: [exsim] is here a second time; the first is in line 3",
            ":16: [exsim] has no key 'sed': did you mean 'seed'?",
        ]
        self.assertEqual(self.problems(text), expected)

    def test_together(self) -> None:
        """Values that a plugin cannot use together, each fine by itself."""
        text = VENUE + "[policy:a]\nkind = slow\ntime = 0s\nrandom = yes\n"
        self.assertEqual(self.problems(text), [":2: [policy:a]: no time varies: random = no"])
        expected = [":6: [policy:a] has no key 'x'; known: kind, time, random"]
        self.assertEqual(self.problems(text + "x = 1\n"), expected)

    def test_journal(self) -> None:
        """A journal in a database is of one venue, and is to be kept."""
        url = "[exsim]\njournal = postgresql://me:hush@host/db\n"
        self.assertEqual(
            self.problems(f"{url}durability = none\n[venue:X]\n[venue:Y]\n"),
            [
                ":2: [exsim] journal: a process with it carries one venue, and there are 2: set"
                " processes = venue",
                ":2: [exsim] journal: durability = none keeps nothing, in a database neither: leave"
                " one of both out",
            ],
        )
        self.load(f"{url}processes = venue\n[venue:X]\n[venue:Y]\n")
        self.load(f"{url}{VENUE}")
        (said,) = self.problems(f"[exsim]\njournal = mysql://me:hush@host\n{VENUE}")
        self.assertIn("nothing but a URL of PostgreSQL is known", said)
        self.assertNotIn("hush", said)
        (said,) = self.problems(f"[exsim]\njournal_password_file = p\n{VENUE}")
        self.assertIn("there is no journal to use it for", said)

    def test_nodes(self) -> None:
        """What is of hosts that share venues makes sense, and is of such hosts."""
        keys = "node = a b\nroom = -1\naddress = host:8480\nlease = 100ms\n"
        self.assertEqual(len(self.problems(f"[exsim]\njournal = postgres://h\n{keys}{VENUE}")), 4)
        said = self.problems(f"[exsim]\nroom = 2\nlease = 3s\nnode =\n{VENUE}")
        wrong = "there is no journal to use it for"
        expected = [f":2: [exsim] room: {wrong}", f":3: [exsim] lease: {wrong}"]
        self.assertEqual([one.partition(".ini")[2] or one for one in said], expected)
        tokens = "[rest]\nread_tokens = r\n"
        shared = "[exsim]\njournal = postgres://h\nprocesses = venue\n"
        said = self.problems(f"{shared}{tokens}{VENUE}")
        self.assertTrue(any("first token of token_file" in one for one in said), said)

    def test_bounds(self) -> None:
        """The least and the most of each number are fine, one beyond is not."""
        for key, least, most in (
            ("exsim.seed", 0, 2**53 - 1),
            ("exsim.journal_size", 1, 10**8),
            ("exsim.journal_segment_size", 4096, 10**12),
            ("exsim.journal_keep_size", 0, 10**15),
            ("exsim.fix_log_size", 10_000, 10**12),
            ("exsim.fix_log_keep", 0, 10_000),
            ("venue:X.seed", 0, 2**53 - 1),
            ("venue:X.keep_finished", 0, 10**8),
            ("venue:X.keep_trades", 0, 10**8),
            ("venue:X.max_orders", 1, 10**8),
            ("venue:X.max_holds", 1, 10**8),
            ("endpoint:oe.max_connections", 1, 100_000),
        ):
            self.load(VENUE + ENDPOINT, f"{key}={least}")
            self.load(VENUE + ENDPOINT, f"{key}={most}")
            for beyond in (least - 1, most + 1):
                (found,) = self.problems(VENUE + ENDPOINT, f"{key}={beyond}")
                self.assertTrue(found.endswith(f"{beyond} is not from {least} to {most}"), found)
        for key in ("tick", "lot", "min_qty", "max_qty"):
            self.load(VENUE, f"instrument:X:A.{key}=0.00000001")
            (found,) = self.problems(VENUE, f"instrument:X:A.{key}=0")
            self.assertIn("0 is too small", found)
        self.load(VENUE, f"instrument:X:A.security_id={'x' * 64}")
        (found,) = self.problems(VENUE, f"instrument:X:A.security_id={'x' * 65}")
        self.assertIn("is no code", found)

    def test_again(self) -> None:
        """The keys of a section that is there a second time are looked at, too."""
        text = VENUE + "[rest]\n[rest]\nlisten = x\n[venue:X]\nseed = x\n"
        expected = [
            ":3: [rest] is here a second time; the first is in line 2",
            ":4: [rest] listen: 'x' is no place to listen at, such as tcp:9878:interface=127.0.0.1",
            ":5: [venue:X] is here a second time; the first is in line 1",
            ":6: [venue:X] seed: 'x' is no whole number",
        ]
        self.assertEqual(self.problems(text), expected)

    def test_order(self) -> None:
        """First the file, then its tables, then the command line; each by line."""
        (self.folder / "a.csv").write_text("symbol\nA,\n", encoding="utf-8")
        text = "[venue:Y]\ninstruments = a.csv\nx = 1\n"
        expected = [
            ":3: [venue:Y] has no key 'x'",
            "FOLDER/a.csv:2: 1 cell too many",
            "--set exsim.x: [exsim] has no key 'x'",
        ]
        found = [line.partition(";")[0] for line in self.problems(text, "exsim.x=1")]
        self.assertEqual(found, expected)

    def test_inherited(self) -> None:
        """What an endpoint says wrongly for its sessions is told once."""
        text = VENUE + ENDPOINT + "heartbeat = x\n[session:A]\nendpoint = oe\n"
        expected = [":7: [endpoint:oe] heartbeat: 'x' is no whole number"]
        self.assertEqual(self.problems(text + "[session:B]\nendpoint = oe\n"), expected)

    def test_protocol(self) -> None:
        """What a protocol says of values; of those inherited it is told at the endpoint alone."""
        unlucky = VENUE + ENDPOINT + "heartbeat = 13\n[session:A]\nendpoint = oe\n"
        expected = [":7: [endpoint:oe] heartbeat: 13 brings bad luck"]
        self.assertEqual(self.problems(unlucky), expected)
        text = unlucky.replace("13", "12") + "heartbeat = 13\nx = 1\n"
        expected = [
            ":10: [session:A] heartbeat: 13 brings bad luck",
            ":11: [session:A] has no key 'x'; known: endpoint, policies, password, heartbeat",
        ]
        found = self.problems(text)
        self.assertEqual(found[0], expected[0])
        self.assertEqual(len(found), 2)

    def test_file_of_a_protocol(self) -> None:
        """What is wrong in a file that a key names is told there, and where it is named."""
        text = VENUE + ENDPOINT + "heartbeat = 14\n[session:A]\nendpoint = oe\nheartbeat = 14\n"
        expected = [
            ":7: [endpoint:oe] heartbeat: beats.txt cannot be used",
            ":10: [session:A] heartbeat: beats.txt cannot be used",
            "beats.txt:3: has no beats",
        ]
        self.assertEqual(self.problems(text), expected)

    def test_session_key(self) -> None:
        """A session's keys are those of its endpoint's protocol."""
        text = VENUE + ENDPOINT + "[session:A]\nendpoint = oe\npasword = x\n"
        expected = [":9: [session:A] has no key 'pasword': did you mean 'password'?"]
        self.assertEqual(self.problems(text), expected)

    def test_same_port(self) -> None:
        """Two cannot listen at one address; any free port is another each time."""
        rest = "[rest]\nlisten = tcp:9878:interface=127.0.0.1\n"
        text = VENUE + ENDPOINT + rest + ENDPOINT.replace("oe", "two")
        self.load(text)
        text = text.replace("tcp:0", "tcp:9878:interface=127.0.0.1")
        expected = [
            f":{line}: [endpoint:{name}] listen: 'tcp:9878:interface=127.0.0.1' is where [rest] "
            "listens"
            for line, name in ((5, "oe"), (12, "two"))
        ]
        self.assertEqual(self.problems(text), expected)

    def test_token_file(self) -> None:
        """The file of a token has to be there, and to hold something."""
        text = VENUE + "[rest]\nlisten = tcp:0\ntoken_file = token\n"
        place = f":4: [rest] token_file: {self.folder.resolve()}/token"
        place = place.replace(str(self.folder), "FOLDER")
        expected = [f"{place} cannot be read: No such file or directory"]
        self.assertEqual(self.problems(text), expected)
        (self.folder / "token").touch()
        self.assertEqual(self.problems(text), [f"{place} is empty"])

    def test_names(self) -> None:
        """Names fit where they are used: in lists, in ``--set``, in URLs."""
        for name, why in (
            ("a,b", "no comma, and no dot or slash at the start"),
            (".a", "no dot or slash"),
            ("/a", "no dot or slash"),
            ("x" * 65, "1 to 64 characters"),
            ("\u00e9", "one word in ASCII"),
        ):
            (found,) = self.problems(f"{VENUE}[venue:{name}]\n")
            self.assertIn(f":2: [venue:{name}]: {name!r} is no name", found)
            self.assertIn(why, found)
        self.load(f"{VENUE}[venue:{'x' * 64}]\n")

    def test_report(self) -> None:
        """A report begins with their number; it lists the first hundred."""
        error = ConfigError([Problem("is bad", "x.ini", 3)])
        self.assertEqual(report(error, "x.ini"), "exsim: 1 problem in x.ini\nx.ini:3: is bad")
        problems = [Problem("is bad", "x.ini", line) for line in range(1, MOST_REPORTED + 3)]
        lines = report(ConfigError(problems[:2]), "x.ini").splitlines()
        self.assertEqual(lines, ["exsim: 2 problems in x.ini", *map(str, problems[:2])])
        lines = report(ConfigError(problems[:MOST_REPORTED]), "x.ini").splitlines()
        self.assertEqual(lines[1:], [str(problem) for problem in problems[:MOST_REPORTED]])
        error = ConfigError(problems)
        lines = report(error, "x.ini").splitlines()
        self.assertEqual(lines[0], "exsim: 102 problems in x.ini")
        self.assertEqual(lines[-2:], ["x.ini:100: is bad", "... and 2 more"])


class OverrideProblemsTests(ConfigTestCase):
    """What is wrong with ``--set``."""

    def test_form(self) -> None:
        """It has a section, a key and a value."""
        for text in ("x", "x.y", "x=y", ".y=1", "x.=1", "=1", ""):
            (found,) = self.problems(VENUE, text)
            self.assertEqual(
                found,
                f"--set {text.partition('=')[0]}: say SECTION.KEY=VALUE, such as "
                "--set rest.listen=tcp:0",
            )

    def test_after_the_file(self) -> None:
        """Its mistakes come after those of the file, and do not tell what it sets."""
        expected = [
            ":3: [exsim] seed: 'x' is no whole number",
            "--set exsim.keep: [exsim] has no key 'keep'; known: "
            + ", ".join(one.name for one in EXSIM),
            "--set venue:X.seed: [venue:X] seed: -1 is not from 0 to 9007199254740991",
        ]
        text = VENUE + "[exsim]\nseed = x\n"
        self.assertEqual(self.problems(text, "venue:X.seed=-1", "exsim.keep=secret"), expected)

    def test_wrong_section(self) -> None:
        """A section that it makes by mistake is told with the one that was meant."""
        text = VENUE + ENDPOINT + "[session:C]\nendpoint = oe\n"
        expected = [
            "--set ruest.listen: [ruest] is no section of exsim: did you mean [rest]?",
            "--set session:c.password: there is no [session:c]: did you mean [session:C]?",
            "--set venue:XSMI.seed: there is no [venue:XSMI]: did you mean [venue:XSIM]?",
        ]
        text = text.replace("venue:X]", "venue:XSIM]").replace("venue = X", "venue = XSIM")
        wrong = ("session:c.password=x", "venue:XSMI.seed=1", "ruest.listen=none")
        found = self.problems(text, *wrong)
        self.assertEqual(found, expected)
        expected = [
            "--set session:far.password: [session:far] needs 'endpoint': the name of its "
            "[endpoint:NAME]"
        ]
        self.assertEqual(self.problems(text, "session:far.password=x"), expected)


class TableProblemsTests(ConfigTestCase):
    """What is wrong with a table of instruments."""

    def complaints(self, table: str) -> list[str]:
        """What is wrong with a table, each with its line."""
        (self.folder / "x.csv").write_text(table, encoding="utf-8")
        found = self.problems("[venue:X]\ninstruments = x.csv\n")
        return [line.removeprefix("FOLDER/x.csv:") for line in found]

    def test_rows(self) -> None:
        """Each row's mistakes are told with its line, as those of a section are."""
        table = dedent("""\
            symbol,tick,lot,min_qty,max_qty
            A,cent,1,,
            B,1,1
            C,1,1,,,,

            A,1,1,,
            ,1,1,,
            "D
            E",1,1,,
            F,1,0,3,2
            G,?,?,,
            """)
        expected = [
            "2: [instrument:X:A] tick: 'cent' is no decimal number such as 100 or 100.25",
            "3: 2 cells too few",
            "4: 2 cells too many",
            "6: 'A' is here a second time; the first is in line 2",
            "7: symbol: nothing is given",
            "9: symbol: 'D\\nE' is no name: give one word in ASCII",
            "10: [instrument:X:F] lot: 0 is too small",
            "10: [instrument:X:F] min_qty: 3 is above max_qty, 2",
            "11: [instrument:X:G] tick: '?' is no decimal number such as 100 or 100.25",
            "11: [instrument:X:G] lot: '?' is no decimal number such as 100 or 100.25",
        ]
        self.assertEqual(self.complaints(table), expected)

    def test_header(self) -> None:
        """The header names keys of an instrument, each once, and the symbol."""
        expected = [
            "1: there is no column 'tik': did you mean 'tick'?",
            "1: the column 'lot' is there twice",
        ]
        self.assertEqual(self.complaints("symbol,lot,tik,lot\nA,1,x,1\n"), expected)
        self.assertEqual(
            self.complaints("tick,lot\n1,1\n"), ["1: the header has no column 'symbol'"]
        )
        self.assertEqual(self.complaints(""), ["1: the header has no column 'symbol'"])

    def test_no_csv(self) -> None:
        """A quote that does not end is told; what came before is read."""
        found = self.complaints('symbol,lot\nA,x\nB,"1\n')
        expected = ["2: [instrument:X:A] lot: 'x' is no decimal number such as 100 or 100.25"]
        self.assertEqual(found, [*expected, "3: is no CSV: unexpected end of data"])

    def test_shared(self) -> None:
        """A mistake of form is told once, though two venues read the table."""
        (self.folder / "x.csv").write_text("symbol\nA,B\n", encoding="utf-8")
        text = "[venue:X]\ninstruments = x.csv\n[venue:Y]\ninstruments = x.csv\n"
        self.assertEqual(self.problems(text), ["FOLDER/x.csv:2: 1 cell too many"])
