"""
Holds messages to a dictionary.

:class:`Validator` says of a message what SessionRejectReason(373) it deserves, and for which tag.
Where several things are wrong, one is told, and always the same: first what is wrong with the order
of header, body and trailer, then the MsgType, then what is missing, then what there is in the
header, the trailer and the body, each from the lowest tag to the highest. In one field it is first
its value, then that it does not belong there, then that it repeats, then its group.

Most messages of a session have the tags of one before them, in the same order. What was found right
with these once need not be looked at again, so that only values are left to be checked.
"""

from __future__ import annotations

from typing import Final

from exsim.wire.fix import FixMessage
from exsim.wire.fix_dictionary import Dictionary, members_of
from exsim.wire.fix_reasons import (
    GROUP_COUNT_WRONG,
    GROUP_OUT_OF_ORDER,
    INVALID_MSG_TYPE,
    INVALID_TAG,
    REQUIRED_TAG_MISSING,
    RIGHT,
    TAG_NOT_FOR_MESSAGE,
    TAG_OUT_OF_ORDER,
    TAG_REPEATED,
    TAG_WITHOUT_VALUE,
    VALUE_INCORRECT,
)
from exsim.wire.fix_shape import ANYWHERE, Group, Level, Part, Shape, by_number
from exsim.wire.fix_types import Rule, Rules

_MOST_PLANS: Final = 512
_LONGEST_PLAN: Final = 128  # fields
_LARGEST_PLANNED: Final = 4096  # bytes of the message


class Invalid:
    """What is wrong with a message: a SessionRejectReason(373), and the tag, b"" for none."""

    __slots__ = ("reason", "tag")

    def __init__(self, reason: int, tag: bytes = b"") -> None:
        self.reason = reason
        self.tag = tag

    def __repr__(self) -> str:
        return f"<Invalid {self.reason} {self.tag.decode()}>"


class Switches:
    """
    What is checked; each True rejects what it names.

    :param msg_type: types of message that the dictionary does not have.
    :param required: messages, and entries of groups, that lack a field they need.
    :param unknown: tags below 5000 that the dictionary does not define.
    :param user_defined: the same from 5000 on, which FIX leaves to its users.
    :param undeclared: tags that the dictionary defines, but not for that type of message.
    :param empty: fields without a value. Where they are let pass, an empty text is well formed, but
        no number, and no code.
    :param format: values that are not of their field's type.
    :param codes: values that are not among the codes of their field.
    :param repeated: fields that are there twice.
    :param order: fields of the header behind those of the body, of the trailer before them.
    :param group_count: groups that have not as many entries as their count says.
    :param group_order: entries whose fields are not in order, or do not begin with the first.
    :param most_entries: groups of more entries than this; 0 for no limit.
    """

    __slots__ = (
        "codes",
        "empty",
        "format",
        "group_count",
        "group_order",
        "most_entries",
        "msg_type",
        "order",
        "repeated",
        "required",
        "undeclared",
        "unknown",
        "user_defined",
    )

    def __init__(
        self,
        *,
        msg_type: bool = True,
        required: bool = True,
        unknown: bool = True,
        user_defined: bool = True,
        undeclared: bool = True,
        empty: bool = True,
        format: bool = True,
        codes: bool = True,
        repeated: bool = True,
        order: bool = True,
        group_count: bool = True,
        group_order: bool = True,
        most_entries: int = 0,
    ) -> None:
        self.msg_type = msg_type
        self.required = required
        self.unknown = unknown
        self.user_defined = user_defined
        self.undeclared = undeclared
        self.empty = empty
        self.format = format
        self.codes = codes
        self.repeated = repeated
        self.order = order
        self.group_count = group_count
        self.group_order = group_order
        self.most_entries = most_entries


class Row:
    """What to look at in a message whose tags are known to be right."""

    __slots__ = ("index", "known", "rule")

    def __init__(self, index: int, known: set[bytes], rule: Rule | None) -> None:
        self.index = index
        self.known = known
        self.rule = rule


class Scope:
    """
    What a header, a trailer or the body of a type of message may have, and by which rules.

    ``known`` is False for the body of messages whose type the dictionary does not have.
    """

    __slots__ = ("known", "level", "rules")

    def __init__(self, level: Level, rules: Rules, known: bool = True) -> None:
        self.level = level
        self.rules = rules
        self.known = known


class Validator:
    """
    Holds messages to a dictionary, or to two: in FIXT.1.1, header, trailer and messages of the
    session come from one, those of the application from another.

    A validator may serve any number of sessions.
    """

    __slots__ = (
        "_application",
        "_bodies",
        "_header",
        "_planned",
        "_plans",
        "_session",
        "_switches",
        "_trailer",
        "_unknown",
    )

    def __init__(
        self,
        session: Dictionary,
        application: Dictionary | None = None,
        switches: Switches | None = None,
    ) -> None:
        self._session = session
        self._application = application if application is not None else session
        self._switches = switches if switches is not None else Switches()
        rules = Rules(session.fields, self._switches.format, self._switches.codes)
        self._header = Scope(Level(members_of(session.header)), rules)
        self._trailer = Scope(Level(members_of(session.trailer)), rules)
        if self._application is not session:
            rules = Rules(self._application.fields, self._switches.format, self._switches.codes)
        self._unknown = Scope(Level([]), rules, known=False)
        self._bodies: dict[bytes, Scope] = {}
        self._plans: dict[bytes, dict[bytes, list[Row]]] = {}  # by MsgType, then by tags
        self._planned = 0

    def check(self, message: FixMessage) -> Invalid | None:
        """What is wrong with a message that was received; None if nothing is."""
        plans = self._plans.get(message.msg_type)
        plan = plans.get(message.run) if plans is not None else None
        if plan is None or (message.empty and self._switches.empty):
            return self._examine(message)
        parts = message.parts
        for row in plan:
            value = parts[row.index]
            if value not in row.known:
                rule = row.rule
                if rule is None or rule.fault(value) != RIGHT:
                    return self._examine(message)
        return None

    def _examine(self, message: FixMessage) -> Invalid | None:
        """Look at all there is; if it is right, keep what is left to look at next time."""
        header, trailer, body = self._header, self._trailer, self._body(message.msg_type)
        look = _Examination(message.parts, self._switches)
        shape = Shape(look.tags, header.level, body.level, trailer.level)
        invalid = (
            look.order(shape, body)
            or look.missing(shape.header, header.level)
            or look.missing(shape.trailer, trailer.level)
            or look.missing(shape.body, body.level)
            or look.part(shape.header, header)
            or look.part(shape.trailer, trailer)
            or look.part(shape.body, body)
        )
        small = len(look.tags) <= _LONGEST_PLAN and len(message.raw) <= _LARGEST_PLANNED
        if invalid is None and small:
            self._keep(message, look.plan)
        return invalid

    def _keep(self, message: FixMessage, plan: list[Row]) -> None:
        if self._planned >= _MOST_PLANS:
            self._plans.clear()
            self._planned = 0
        plans = self._plans.setdefault(message.msg_type, {})
        self._planned += message.run not in plans
        plans[message.run] = plan

    def _body(self, msg_type: bytes) -> Scope:
        body = self._bodies.get(msg_type)
        if body is not None:
            return body
        found = self._session.messages.get(msg_type)
        rules = self._header.rules
        if found is None:
            found = self._application.messages.get(msg_type)
            rules = self._unknown.rules
        if found is None:
            return self._unknown
        self._bodies[msg_type] = body = Scope(Level(members_of(found.members)), rules)
        return body


class _Examination:
    """
    A close look at one message.

    ``tags`` are its tags in order; ``plan`` has what to look at in another with the same tags.
    """

    __slots__ = ("_parts", "_switches", "plan", "tags")

    def __init__(self, parts: list[bytes], switches: Switches) -> None:
        self._parts = parts
        self._switches = switches
        self.tags = parts[::2]
        self.plan: list[Row] = []

    def order(self, shape: Shape, body: Scope) -> Invalid | None:
        """The order of header, body and trailer; and the MsgType."""
        if shape.misplaced >= 0 and self._switches.order:
            return Invalid(TAG_OUT_OF_ORDER, self.tags[shape.misplaced])
        if not body.known and self._switches.msg_type:
            return Invalid(INVALID_MSG_TYPE)
        return None

    def missing(self, part: Part, level: Level) -> Invalid | None:
        """What lacks on a level, and then in the entries of the groups there."""
        if not self._switches.required:
            return None
        there = {self.tags[position] for position in part.fields}
        for tag in level.required:
            if tag not in there:
                return Invalid(REQUIRED_TAG_MISSING, tag)
        for position in by_number(self.tags, part.groups):
            group = part.groups[position]
            for entry in group.entries:
                invalid = self.missing(entry, group.level)
                if invalid is not None:
                    return invalid
        return None

    def part(self, part: Part, scope: Scope) -> Invalid | None:
        """The fields of the header, the trailer or the body."""
        positions = by_number(self.tags, part.fields)
        for index, position in enumerate(positions):
            tag = self.tags[position]
            reason = self._value(position, scope.rules)
            if reason == RIGHT and tag not in scope.level.order:
                reason = self._stranger(tag, scope)
            if reason == RIGHT and self._switches.repeated and index + 1 < len(positions):
                if self.tags[positions[index + 1]] == tag:
                    reason = TAG_REPEATED
            if reason != RIGHT:
                return Invalid(reason, tag)
            if position in part.groups:
                invalid = self._group(position, part.groups[position], scope.rules)
                if invalid is not None:
                    return invalid
        return None

    def _value(self, position: int, rules: Rules) -> int:
        """The reason why a field's value is wrong, or -1; then the value is put in the plan."""
        value = self._parts[2 * position + 1]
        if not value and self._switches.empty:
            return TAG_WITHOUT_VALUE
        rule = rules.get(self.tags[position])
        if rule is None:
            return RIGHT
        self.plan.append(Row(2 * position + 1, rule.known, rule))
        return rule.fault(value)

    def _stranger(self, tag: bytes, scope: Scope) -> int:
        """The reason why a tag has no business in a body, or -1."""
        if scope.rules.defines(tag):
            return TAG_NOT_FOR_MESSAGE if self._switches.undeclared and scope.known else RIGHT
        wrong = self._switches.user_defined if is_user_defined(tag) else self._switches.unknown
        return INVALID_TAG if wrong else RIGHT

    def _group(self, position: int, group: Group, rules: Rules) -> Invalid | None:
        """The number of a group's entries, and these themselves."""
        if 0 < self._switches.most_entries < len(group.entries):
            return Invalid(VALUE_INCORRECT, self.tags[position])
        if self._switches.group_count:
            count = b"%d" % len(group.entries)
            value = self._parts[2 * position + 1]
            if (value.lstrip(b"0") or b"0") != count:
                return Invalid(GROUP_COUNT_WRONG, self.tags[position])
            self.plan.append(Row(2 * position + 1, {count}, None))
        for entry in group.entries:
            invalid = self._entry(entry, group.level, rules)
            if invalid is not None:
                return invalid
        return None

    def _entry(self, entry: Part, level: Level, rules: Rules) -> Invalid | None:
        last = 0
        for position in entry.fields:
            tag = self.tags[position]
            place = level.order[tag]
            if self._switches.group_order and place != ANYWHERE:
                if place < last or (position == entry.fields[0] and tag != level.first):
                    return Invalid(GROUP_OUT_OF_ORDER, tag)
                last = place
            reason = self._value(position, rules)
            if reason != RIGHT:
                return Invalid(reason, tag)
            if position in entry.groups:
                invalid = self._group(position, entry.groups[position], rules)
                if invalid is not None:
                    return invalid
        return None


def is_user_defined(tag: bytes) -> bool:
    """Whether a tag that FIX does not define is one of those that it leaves to its users."""
    return tag.isdigit() and not tag.startswith(b"0") and len(tag) >= 4 and int(tag[:9]) >= 5000
