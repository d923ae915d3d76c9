"""``exsim pricing``: pictures and stylised facts of what a configuration is like."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from exsim.config.load import load, report
from exsim.errors import ConfigError, ExsimError
from exsim.facts.measuring import facts_of, table
from exsim.facts.observed import MINUTE, Observed
from exsim.plugins import Catalogue
from exsim.services.drawing import draw
from exsim.services.observing import Watched, lively, seeded, step_for
from exsim.services.plotting import FORMATS, NoPlot, can_draw


def plot(options: argparse.Namespace) -> int:
    """Write a picture; the exit status."""
    form = Path(options.output).suffix.lstrip(".").lower()
    if form not in FORMATS:
        return _say(f"{options.output}: name a file that ends in .png or .svg")
    try:
        if not can_draw():
            raise NoPlot
        picture = draw(watch(options), form)
        Path(options.output).write_bytes(picture)
    except ConfigError as error:
        return _say(report(error, options.config))
    except (ExsimError, OSError) as error:
        return _say(str(error))
    return 0


def facts(options: argparse.Namespace) -> int:
    """Print stylised facts, of each venue that was asked for; the exit status."""
    try:
        seen = watch(options)
    except ConfigError as error:
        return _say(report(error, options.config))
    except ExsimError as error:
        return _say(str(error))
    for each in seen:
        found = facts_of(each)
        if options.json:
            told: dict[str, Any] = {"venue": each.venue, "symbol": each.symbol}
            told["facts"] = [fact._asdict() for fact in found]
            sys.stdout.write(json.dumps(told) + "\n")
        else:
            span = (each.end - each.begin) / MINUTE
            title = f"{each.symbol} at {each.venue}, {span:g} minutes"
            sys.stdout.write(f"{title}\n\n{table(found)}\n")
    return 0


def watch(options: argparse.Namespace) -> list[Observed]:
    """
    Have time go by in a market, and what was seen of it, at each venue that was asked for.

    :raises ExsimError: when there is no such venue or instrument.
    """
    settings = load(options.config, options.set, Catalogue())
    if options.seed is not None:
        settings = seeded(settings, options.seed)
    span = int(options.minutes * MINUTE)
    watched = Watched(settings, Catalogue(), (options.symbol or "*",), step_for(span))
    watched.run(span)
    venues = watched.exchange.dispatcher.venues
    names = options.venue or list(venues)[:1]
    symbol = options.symbol or lively(watched.exchange.dispatcher.venue(names[0]))
    return [watched.observed(name, symbol) for name in names]


def _say(text: str) -> int:
    sys.stderr.write(f"exsim pricing: {text}\n")
    return 1
