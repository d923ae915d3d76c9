"""
Where a PostgreSQL server is, and what it asks for to let us in.

An address is a URL that libpq reads. A password in it, in a file of its own or in the environment
(``PGPASSWORD``, ``PGPASSFILE``, ``~/.pgpass``) goes to the server and to nobody else: no text made
here has it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from exsim.errors import ConfigError, ExsimError, Problem
from exsim.model.settings import Settings
from exsim.services.masking import MASK, without_password

if TYPE_CHECKING:
    from psycopg import Connection

SCHEMES: Final = ("postgresql://", "postgres://")
CONNECT_SECONDS: Final = 5
"""How long a connection may take to be made."""
SILENT_MILLISECONDS: Final = 10_000
"""How long what was sent may stay unacknowledged, until the connection counts as lost."""
_DEFAULTS: Final = {
    "application_name": "exsim",
    "connect_timeout": str(CONNECT_SECONDS),
    "tcp_user_timeout": str(SILENT_MILLISECONDS),
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
}


class PostgresAway(ExsimError, OSError):
    """The server cannot be reached, or has not done what it was asked; it may later."""


def is_address(text: str) -> bool:
    """Whether this is the URL of a PostgreSQL server, rather than a folder."""
    return text.startswith(SCHEMES)


@dataclass(frozen=True)
class Address:
    """
    A server and a database, as libpq's parameters; ``text`` names it without the password.
    """

    text: str
    parameters: Mapping[str, str] = field(repr=False)

    @property
    def password(self) -> str:
        """The one of the URL or the password file; empty where libpq finds it by itself."""
        return self.parameters.get("password", "")

    @property
    def bare(self) -> str:
        """All but the password, as text that :func:`address` takes."""
        import psycopg.conninfo

        parameters = {key: text for key, text in self.parameters.items() if key != "password"}
        return psycopg.conninfo.make_conninfo("", **parameters)

    @property
    def complete(self) -> dict[str, str]:
        """All that libpq is to be told."""
        return {**_DEFAULTS, **self.parameters}

    def connect(self, timeout: float = 0.0, **more: Any) -> Connection[Any]:
        """
        A connection that commits each statement by itself.

        ``timeout``: the seconds that the server may take for a statement, 0 for any time. An answer
        that is not there a second after that is not waited for. ``more`` goes to psycopg.

        :raises PostgresAway: when none can be made.
        """
        import psycopg

        from exsim.services.postgres.bounded import Bounded

        parameters: dict[str, Any] = {**_DEFAULTS, **self.parameters}
        if timeout:
            options = f"{parameters.get('options', '')} -c statement_timeout={timeout * 1000:.0f}"
            parameters["options"] = options.strip()
        try:
            connection = Bounded.connect("", autocommit=True, **parameters, **more)
        except psycopg.Error as error:
            raise self.away(error) from None
        connection.limit = timeout + 1 if timeout else 0.0
        return connection

    def away(self, error: Exception) -> PostgresAway:
        """What to tell of an error of psycopg: a line, without the password."""
        said = " ".join(str(error).split()) or type(error).__name__
        if self.password:
            said = said.replace(self.password, MASK)
        return PostgresAway(f"{self.text}: {said}")


def address(url: str, password_file: str = "") -> Address:
    """
    The address that a URL is; a password of a file takes the place of the one in it.

    :raises exsim.errors.ConfigError: when it is none, or psycopg is not there, or no such file.
    """
    try:
        import psycopg.conninfo
    except ImportError as error:
        text = f"PostgreSQL takes psycopg ({error}): pip install 'exsim[postgres]'"
        raise ConfigError([Problem(text)]) from None
    try:
        parameters = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        text = f"{without_password(url)} is no address of PostgreSQL: {str(error).strip()}"
        raise ConfigError([Problem(text)]) from None
    texts = {key: str(value) for key, value in parameters.items() if value is not None}
    if password_file:
        texts["password"] = _read(password_file)
    return Address(without_password(url), texts)


def address_of(settings: Settings) -> Address:
    """The address of the journal that the settings ask for; see :func:`address`."""
    return address(settings.journal, settings.journal_password_file)


def _read(path: str) -> str:
    """The password in a file, which nobody else should be able to read: libpq insists on it too."""
    try:
        with open(path, encoding="utf-8") as file:
            others = os.fstat(file.fileno()).st_mode & 0o007
            text = file.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(f"[exsim] journal_password_file: {error}")]) from None
    if others:
        text = f"[exsim] journal_password_file: everybody may use {path}: chmod o= {path}"
        raise ConfigError([Problem(text)])
    if not text:
        raise ConfigError([Problem(f"[exsim] journal_password_file: {path} has no first line")])
    return text
