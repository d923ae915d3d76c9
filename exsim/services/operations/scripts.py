"""Scripts over REST: files of the folder that ``[exsim] scripts`` names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exsim.control import double_results as dr
from exsim.control import double_schemas as ds
from exsim.control import schemas as s
from exsim.control.cursors import page, parse_cursor
from exsim.control.operations import IControl
from exsim.errors import Unprocessable
from exsim.services.scripts import script_path, scripts_in
from exsim.services.simulator import Handler, Simulator


def list_scripts(simulator: Simulator, arguments: s.PageArguments, body: None) -> Any:
    """Those in the folder now, by name."""
    epoch = simulator.exchange.journal.epoch
    after = parse_cursor(arguments.after, epoch)
    items = [each for each in listed(simulator.settings.scripts) if each[0] > after]
    return page(items, epoch, arguments.limit)


def listed(folder: str) -> list[tuple[int, dr.Script]]:
    """The scripts of a folder, numbered by name."""
    found = enumerate(scripts_in(folder).items(), 1)
    return [(number, dr.Script(name, path.name, _summary(path))) for number, (name, path) in found]


def _summary(path: Path) -> str:
    """What an ini file says of itself, or what is wrong with it; a Python file is not run here."""
    if path.suffix == ".py":
        return "in Python"
    # Not at the top, here and below: what reads and runs scripts is large, and most have none.
    from exsim.client.script import ScriptError, read_script

    try:
        return read_script(path).summary
    except (ScriptError, OSError, UnicodeDecodeError) as error:
        return f"cannot be run: {error}"


async def run_script(
    simulator: Simulator, arguments: ds.ScriptArguments, body: None
) -> dr.ScriptRun:
    """Run one to its end."""
    assert simulator.control is not None  # whoever performs this is there
    folder = simulator.settings.scripts
    return await run(simulator.control, simulator.reactor, folder, arguments.script)


async def run(control: IControl, reactor: Any, folder: str, name: str) -> dr.ScriptRun:
    """
    Run a script of a folder to its end.

    :raises exsim.errors.RequestError: when there is none, or what there is is none.
    """
    from exsim.client.script import ScriptError
    from exsim.services.script_thread import run_in_thread

    path = script_path(folder, name)
    try:
        report = await run_in_thread(control, reactor, path)
    except (ScriptError, OSError, UnicodeDecodeError) as error:
        raise Unprocessable(str(error)) from None
    return dr.ScriptRun(name, report.passed, report.text)


HANDLERS: dict[str, Handler] = {
    "list_scripts": list_scripts,
    "run_script": run_script,
}
