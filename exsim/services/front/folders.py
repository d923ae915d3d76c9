"""Whose folder it is: what one process kept is not what a process for each venue looks for."""

from __future__ import annotations

import os
from urllib.parse import quote

from exsim.errors import ConfigError, Problem
from exsim.model.settings import Settings


def check_folders(settings: Settings) -> None:
    """
    Insist that ``data_dir`` is not of a run with the other value of ``processes``: that would begin
    with empty books, and leave what there is behind.

    :raises exsim.errors.ConfigError: when it is.
    """
    folder = settings.data_dir
    if not folder:
        return
    shared = _kept(folder)
    own = [one.name for one in settings.venues if _kept(own_folder(folder, one.name))]
    if settings.processes == "venue" and shared:
        raise _of_other(folder, "one")
    if settings.processes == "one" and own and not shared:
        raise _of_other(folder, "venue")


def own_folder(folder: str, venue: str) -> str:
    """The folder of a venue in one of all."""
    return os.path.join(folder, quote(venue, safe=""))


def _kept(folder: str) -> bool:
    return os.path.isdir(os.path.join(folder, "journal"))


def _of_other(folder: str, value: str) -> ConfigError:
    text = (
        f"[exsim] data_dir: {folder} is of a run with processes = {value}; "
        "say that again, or name another folder"
    )
    return ConfigError([Problem(text)])
