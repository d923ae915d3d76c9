"""``exsim completion``: a script that has a shell complete ``exsim`` and ``exsim ctl``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from typing import Final

SHELLS: Final = ("bash", "zsh", "fish")


class Words:
    """
    What can follow some words: ``commands`` with a line on each, ``options`` with a line on each,
    and by option the values that it can have.
    """

    def __init__(self, path: tuple[str, ...], parser: argparse.ArgumentParser) -> None:
        self.path = path
        self.commands: dict[str, str] = {}
        self.options: dict[str, str] = {}
        self.values: dict[str, tuple[str, ...]] = {}
        self.parsers: dict[str, argparse.ArgumentParser] = {}
        for action in parser._actions:  # argparse tells it nowhere else
            if isinstance(action, argparse._SubParsersAction):
                self.parsers.update(action.choices)
                helps = {choice.dest: choice.help for choice in action._choices_actions}
                self.commands = {name: helps.get(name) or "" for name in action.choices}
            for option in action.option_strings:
                if option.startswith("--"):
                    self.options[option] = (action.help or "").replace("%%", "%")
                    if action.choices and not isinstance(action.choices, dict):
                        self.values[option] = tuple(map(str, action.choices))


def words_of(parser: argparse.ArgumentParser, ctl: argparse.ArgumentParser) -> list[Words]:
    """All words of ``exsim``, and below ``ctl`` those of that."""
    return [*_below((), parser, ctl)]


def _below(
    path: tuple[str, ...], parser: argparse.ArgumentParser, ctl: argparse.ArgumentParser
) -> Iterator[Words]:
    words = Words(path, parser)
    yield words
    for name, child in words.parsers.items():
        yield from _below((*path, name), ctl if (*path, name) == ("ctl",) else child, ctl)


def bash(found: list[Words]) -> str:
    """For bash: ``eval "$(exsim completion bash)"``."""
    cases = []
    for words in found:
        for option, values in words.values.items():
            key = "/".join((*words.path, option))
            cases.append(f"    '{key}') words='{' '.join(values)}' ;;")
    options = [
        f"    '{'/'.join(words.path)}') words='{' '.join((*words.commands, *words.options))}' ;;"
        for words in found
    ]
    parents = " ".join("/".join(words.path) for words in found if words.path)
    return f"""\
# Completion of exsim for bash: eval "$(exsim completion bash)"
_exsim() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
  local path='' words='' i next
  for ((i = 1; i < COMP_CWORD; i++)); do
    next=${{path:+$path/}}${{COMP_WORDS[i]}}
    case " {parents} " in
      *" $next "*) path=$next ;;
    esac
  done
  case "${{path:+$path/}}$before" in
{chr(10).join(cases)}
    *)
  case "$path" in
{chr(10).join(options)}
  esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o default -F _exsim exsim
"""


def zsh(found: list[Words]) -> str:
    """For zsh, by way of what it has for completions of bash."""
    return f"""\
# Completion of exsim for zsh: eval "$(exsim completion zsh)"
autoload -Uz compinit bashcompinit
compinit -u
bashcompinit
{bash(found)}"""


def fish(found: list[Words]) -> str:
    """For fish: ``exsim completion fish | source``."""
    lines = ["# Completion of exsim for fish: exsim completion fish | source"]
    lines.append("complete -c exsim -f")
    for words in found:
        names = " ".join(words.commands)
        seen = [f"__fish_seen_subcommand_from {name}" for name in words.path]
        if words.commands:
            seen.append(f"not __fish_seen_subcommand_from {names}")
        condition = "; and ".join(seen) or "true"
        for name, text in words.commands.items():
            lines.append(f"complete -c exsim -n '{condition}' -a {name} -d '{_quoted(text)}'")
        for option, text in words.options.items():
            line = f"complete -c exsim -n '{condition}' -l {option[2:]} -d '{_quoted(text)}'"
            values = words.values.get(option)
            lines.append(line + (f" -x -a '{' '.join(values)}'" if values else ""))
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


SCRIPTS: Final[dict[str, Callable[[list[Words]], str]]] = {"bash": bash, "zsh": zsh, "fish": fish}
