"""
Entries of the table of operations: endpoints, sessions, and the messages they have.

They belong to :mod:`exsim.control.operations`.
"""

from __future__ import annotations

from typing import Final

from exsim.control import double_results as dr
from exsim.control import double_schemas as ds
from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control import session_results as sr
from exsim.control import session_schemas as ss
from exsim.control.entries import Operation, change, read

_SESSION: Final = "/sessions/{session}"


# fmt: off
SESSIONS: Final[tuple[Operation, ...]] = (
    read("list_endpoints", "/endpoints", "List the endpoints", r.Page[sr.Endpoint],
         s.PageArguments),
    change("create_endpoint", "POST", "/endpoints", "Listen on an address", sr.Endpoint,
           body=ss.NewEndpoint, status=201),
    read("get_endpoint", "/endpoints/{endpoint}", "Show an endpoint", sr.Endpoint,
         ss.EndpointArguments, 404),
    change("delete_endpoint", "DELETE", "/endpoints/{endpoint}",
           "Stop listening, and remove the sessions of an endpoint", None, ss.EndpointArguments),

    read("list_sessions", "/sessions", "List the sessions", r.Page[sr.Session],
         s.PageArguments),
    change("create_session", "POST", "/sessions", "Configure a counterparty", sr.Session,
           body=ss.NewSession, status=201),
    read("get_session", "/sessions/{session}", "Show a session", sr.Session,
         ss.SessionArguments, 404),
    change("delete_session", "DELETE", "/sessions/{session}", "Disconnect and remove a session",
           None, ss.SessionArguments),
    change("logout_session", "POST", "/sessions/{session}/logout", "Begin an orderly logout",
           sr.Session, ss.SessionArguments, ss.Logout),
    change("disconnect_session", "POST", "/sessions/{session}/disconnect",
           "Close the connection of a session without a word", sr.Session, ss.SessionArguments),
    change("reset_session", "POST", _SESSION + "/reset",
           "Disconnect a session, set both sequence numbers to 1, and forget what was sent",
           sr.Session, ss.SessionArguments),
    change("set_sequence", "PUT", _SESSION + "/sequence",
           "Set the sequence numbers of a session, logged on or not", sr.Session,
           ss.SessionArguments, ss.SequenceNumbers),
    change("test_session", "POST", _SESSION + "/test-request",
           "Ask the counterparty for a sign of life", sr.Session,
           ss.SessionArguments, ss.TestRequest),
    change("refuse_logons", "POST", _SESSION + "/refuse-logons",
           "Accept no more logons; who is logged on stays", sr.Session,
           ss.SessionArguments, ss.Refusal),
    change("accept_logons", "POST", _SESSION + "/accept-logons", "Accept logons again",
           sr.Session, ss.SessionArguments),
    change("send_message", "POST", _SESSION + "/messages",
           "Send a message of any fields, or any bytes", sr.Sent,
           ss.SessionArguments, ss.NewMessage),

    read("list_messages", "/messages", "List messages that sessions sent and received",
         sr.Messages, ss.MessagesArguments, 404),
    read("wait_messages", "/messages/wait",
         "Wait until so many messages match, or the time is out", sr.AwaitedMessages,
         ss.WaitMessagesArguments, 404, waits=True),
    Operation("verify_messages", "POST", "/messages/verify",
              "Tell whether messages came as expected, and if not, what came instead",
              dr.Verified, s.NoArguments, ds.Verify, 200, (404, 410), waits=True),
    read("list_session_messages", "/sessions/{session}/messages",
         "List messages of one session", sr.Messages, ss.SessionMessagesArguments, 404),

    read("events", "/events", "Follow what happens", str,
         ds.EventsArguments, 404, streams=True, media="text/event-stream"),
    read("wait_events", "/events/wait",
         "Wait until something happens, or the time is out", dr.AwaitedEvents,
         ds.WaitEventsArguments, 404, waits=True),
)
# fmt: on
