"""
Plays: the steps of a rule, taken one after another, at once or after a time.

A play that ends with its request undecided lets it go on with the policies, so that a rule of
nothing but ``after 5s`` is a delay. A step that cannot be done ends the play: it is logged, noted
in the journal, and a request that is undecided is answered as its venue's ``on_error`` says.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from exsim.dispatch import verbs
from exsim.dispatch.chain import Chain, instead
from exsim.dispatch.desk import Desk
from exsim.dispatch.pending import forget, put_off
from exsim.dispatch.phases import phase_of
from exsim.dispatch.seeing import described
from exsim.dispatch.subject import Subject
from exsim.dispatch.tasks import PlayTask
from exsim.dispatch.templates import Words, expanded
from exsim.dispatch.world import World
from exsim.errors import Conflict, RequestError
from exsim.model import decisions
from exsim.model.journal import EntryKind
from exsim.model.luck import Luck
from exsim.model.messages import Description, FieldView
from exsim.model.options import duration
from exsim.model.plain import Plain, request_of, request_state
from exsim.model.steps import Step, plain_step, steps_of, steps_text

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue

_NOTE = int(EntryKind.NOTE)
_WEBHOOK_TIME = "2s"


class Play:
    """
    Steps that are being taken: ``at`` is the next. ``rule`` names where they are from, for the
    ``hit``-th time; ``asked`` is the question that waits for an answer: address, body, nanoseconds.
    """

    __slots__ = ("asked", "at", "hit", "luck", "number", "rule", "steps", "subject")

    def __init__(
        self,
        number: int,
        rule: str,
        hit: int,
        luck: Luck,
        subject: Subject,
        steps: tuple[Step, ...],
    ) -> None:
        self.number = number
        self.rule = rule
        self.hit = hit
        self.luck = luck
        self.subject = subject
        self.steps = steps
        self.at = 0
        self.asked: tuple[str, bytes, int] | None = None

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        subject = self.subject
        return {
            "number": self.number,
            "rule": self.rule,
            "hit": self.hit,
            "luck": str(self.luck.state),
            "steps": [plain_step(each) for each in self.steps],
            "at": self.at,
            "asked": None if self.asked is None else list(self.asked),
            "request": None if subject.request is None else request_state(subject.request),
            "chain": [link.policy.name for link in subject.chain],
            "position": subject.position,
            "order": None if subject.order is None else subject.order.number,
            "decided": subject.decided,
            "exec_id": subject.exec_id,
            "to": subject.to,
            "told": _plain_message(subject.told),
        }


class Plays:
    """
    The plays of a venue that are under way, numbered from 1.

    Everywhere here ``now`` is market time and ``real`` the real time. ``most`` may be under way at
    a time.
    """

    def __init__(self, venue: Venue, desk: Desk, world: World) -> None:
        self.venue = venue
        self.desk = desk
        self.world = world
        self.last = 0
        self.most = 100_000
        self._plays: dict[int, Play] = {}
        self._turn = 0  # the real time under which notes are written

    def __len__(self) -> int:
        return len(self._plays)

    def all(self) -> list[Play]:
        """Those under way, oldest first."""
        return list(self._plays.values())

    def reset(self) -> None:
        """Forget all, and count from 1 again."""
        self._plays.clear()
        self.last = 0

    def clear(self) -> None:
        """End all; requests that waited for a step hear nothing more."""
        self._plays.clear()

    def forget_session(self, session: str) -> None:
        """Forget those of a session that is no more."""
        self._plays = {
            n: each for n, each in self._plays.items() if each.subject.session != session
        }

    # -- going on

    def begin(self, play: Play, real: int, now: int) -> None:
        """Take the steps of a new play, up to the first that has to wait."""
        self._turn = real
        self.last += 1
        play.number = self.last
        self._plays[play.number] = play
        if len(self._plays) > self.most:
            text = f"{self.most} plays are under way, no more are begun"
            self._fail(play, text, None, now)
        else:
            self._run(play, real, now)

    def end(self, play: Play) -> None:
        """What a play is about was decided otherwise."""
        self._plays.pop(play.number, None)

    def wake(self, number: int, due: int, real: int, now: int) -> None:
        """
        The time is over that a play had to wait: it was, by real time, at ``due``. Nothing happens
        to one that is no more.
        """
        play = self._plays.get(number)
        if play is not None:
            self._turn = real
            self.note(play, "went on")
            self._run(play, due, now)

    def answer(self, number: int, outcome: Any, real: int, now: int) -> None:
        """
        An endpoint was asked what is to become of a play: ``outcome`` has ``then``, its steps, or
        ``error``, why there are none.
        """
        play = self._plays.get(number)
        if play is None or play.asked is None:
            return  # it was reset meanwhile
        play.asked = None
        self._turn = real
        try:
            if "error" in outcome:
                raise ValueError(str(outcome["error"]))
            steps = steps_of(outcome["then"])
        except (ValueError, TypeError, LookupError) as error:
            on_error = play.steps[play.at - 1].get("on_error")
            self._fail(play, f"webhook: {error}", None, now, on_error)
            return
        play.steps = (*play.steps[: play.at], *steps, *play.steps[play.at :])
        self.note(play, "answered", then=steps_text(steps))
        self._run(play, real, now)

    def _run(self, play: Play, real: int, now: int) -> None:
        while play.at < len(play.steps):
            step = play.steps[play.at]
            play.at += 1
            try:
                if self._take(play, step, real, now):
                    return
            except (RequestError, ValueError) as error:
                self._fail(play, f"{step.do}: {error}", None, now)
                return
            except Exception as error:  # noqa: BLE001 - a rule must not stop what it is about
                self._fail(play, f"{step.do}: {error}", error, now)
                return
        self.end(play)
        subject = play.subject
        if not subject.decided:
            verbs.do(self.desk, subject, RELEASE, now)

    def _take(self, play: Play, step: Step, real: int, now: int) -> bool:
        """Take one step; True when the play does not go on now."""
        subject = play.subject
        step = expanded(step, self._words(play, now))
        if step.do == "after":
            self._wait(play, step, real, now)
            return True
        if step.do == "webhook":
            self._ask(play, step, now)
            return True
        if step.do in ("logout", "disconnect"):
            self._part(subject.session, step)
            return False
        if step.do == "phase":
            phase = phase_of(step.get("phase"))
            self.venue.set_phase(phase, None, now, self.desk.out)
            return False
        if step.do == "hold":
            request = subject.undecided("hold")
            subject.decided = True
            chain, position = subject.chain, subject.position
            self.desk.keep(self.venue, request, chain, position, now, play.rule)
            self.end(play)
            return True
        verbs.do(self.desk, subject, step, now)
        return False

    def _part(self, session: str, step: Step) -> None:
        if not session:
            raise Conflict(f"there is no session to {step.do}")
        text = step.get("text") if step.do == "logout" else None
        self.world.part(session, text, self._turn)

    def _words(self, play: Play, now: int) -> Words:
        return Words(play.subject, play.luck, play.hit, now, self.world)

    def _wait(self, play: Play, step: Step, real: int, now: int) -> None:
        venue, session = self.venue, play.subject.session
        time, task = duration(step.get("time")), PlayTask(play.number)
        if step.get("clock") == "session" and not self.world.paced(session):
            venue.wake_at(real + time, task)
        else:
            venue.agenda.add(now + time, task)
        self._put_off(play, now)

    def _put_off(self, play: Play, now: int) -> None:
        """A request that waits may be told to be pending."""
        subject = play.subject
        if not subject.decided and subject.request is not None:
            put_off(self.venue, subject.request, now, self.desk.out)

    # -- webhooks

    def _ask(self, play: Play, step: Step, now: int) -> None:
        time = duration(step.get("timeout", _WEBHOOK_TIME))
        body = json.dumps(self._question(play)).encode()
        play.asked = (step.get("url"), body, time)
        self._put_off(play, now)
        self.ask(play)

    def ask(self, play: Play) -> None:
        """Ask the question of a play that has one."""
        if play.asked is not None:
            self.world.ask(self.venue.name, play.number, *play.asked)

    def _question(self, play: Play) -> dict[str, Any]:
        """What an endpoint is told of a request."""
        subject = play.subject
        request, order = subject.request, subject.named()
        told: dict[str, Any] = {
            "venue": self.venue.name,
            "rule": play.rule,
            "hit": play.hit,
            "session": subject.session,
        }
        if request is not None:
            message = described(request, self.world)
            told |= {
                "kind": request.kind,
                "type": message.type,
                "name": message.name,
                "cl_ord_id": request.cl_ord_id,
                "symbol": request.symbol,
                "fields": [
                    {"tag": each.tag, "name": each.name, "value": each.value}
                    for each in message.fields
                ],
            }
        if order is not None:
            told["order_id"] = order.order_id
        return told

    # -- what goes wrong

    def _fail(
        self,
        play: Play,
        text: str,
        error: Exception | None,
        now: int,
        on_error: str = "",
    ) -> None:
        """End a play; a request that is undecided is answered as ``on_error`` says."""
        venue, desk, subject = self.venue, self.desk, play.subject
        self.end(play)
        self.note(play, "failed", why=text)
        self.world.rule_failed(play.rule, text, error)
        request = subject.request
        if subject.decided or request is None:
            return
        subject.decided = True
        decision = instead(on_error or venue.settings.on_error, play.rule)
        if isinstance(decision, decisions.Reject):
            why = f"rule {play.rule} failed"
            venue.reject(request, decision.reason, why, now, desk.out)
        elif decision is decisions.HOLD:
            desk.keep(venue, request, subject.chain, subject.position, now, play.rule)
        elif decision is decisions.DROP:
            forget(venue, request)
        else:
            desk.go_on(venue, request, subject.chain, subject.position, now)

    def fired(self, play: Play, real: int) -> None:
        """Say in the journal that a rule fired."""
        self._turn = real
        self.note(play, "fired", then=steps_text(play.steps))

    def note(self, play: Play, what: str, **more: Any) -> None:
        """Say in the journal what a rule did."""
        session = play.subject.session
        origin = self.world.endpoint_of(session) or self.venue.name
        data = self.told(play, what, **more)
        self.desk.journal.append(self._turn, _NOTE, origin, session, data)

    def told(self, play: Play, what: str, **more: Any) -> bytes:
        """What the journal has of what a rule did."""
        subject = play.subject
        told: dict[str, Any] = {"rule": play.rule, "did": what, "hit": play.hit}
        if subject.request is not None:
            told |= {"request": subject.request.kind, "cl_ord_id": subject.request.cl_ord_id}
        if subject.order is not None:
            told["order_id"] = subject.order.order_id
        if subject.told is not None:
            told["about"] = subject.told.type or subject.told.name
        told |= more
        return json.dumps(told, separators=(",", ":")).encode()

    # -- snapshots

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return {"last": self.last, "plays": [each.state() for each in self._plays.values()]}

    def restore(
        self,
        plain: Plain,
        chain_of: Callable[[list[str]], Chain],
        luck_of: Callable[[str], Luck | None],
    ) -> None:
        """
        Be as :meth:`state` told. ``luck_of`` is that of a rule that is there still, since plays of
        one rule share it.
        """
        self.last = plain["last"]
        self._plays = {}
        for each in plain["plays"]:
            request = None if each["request"] is None else request_of(each["request"])
            chain = chain_of(each["chain"])
            subject = Subject(self.venue, request, chain, each["position"])
            if each["order"] is not None:
                subject.order = self.venue.orders.get(each["order"])
            subject.decided, subject.exec_id = each["decided"], each["exec_id"]
            subject.to, subject.told = each.get("to", ""), _message_of(each.get("told"))
            luck = luck_of(each["rule"]) or Luck(int(each["luck"]))
            steps = steps_of(each["steps"])
            play = Play(each["number"], each["rule"], each["hit"], luck, subject, steps)
            play.at = each["at"]
            if each["asked"] is not None:
                url, body, time = each["asked"]
                play.asked = (url, body, time)
            self._plays[play.number] = play


def _plain_message(told: Description | None) -> Plain:
    if told is None:
        return None
    fields = [[each.tag, each.name, each.value, each.meaning] for each in told.fields]
    return [told.type, told.name, fields]


def _message_of(plain: Plain) -> Description | None:
    if plain is None:
        return None
    kind, name, fields = plain
    return Description(kind, name, tuple([FieldView(*each) for each in fields]))


RELEASE = Step("release", {})
"""What becomes of a request at the end of a play that decided nothing."""
