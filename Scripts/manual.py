#!/usr/bin/env python3
"""Prints the manual page, nightjar.1, made from the program's own description of its commands.

    python3 Scripts/manual.py PROGRAM >nightjar.1

Nothing of a command or an option stands here, so that the page is right for the program that it was made from. What no
option says stands below: exit status, files, environment.
"""

import json
import subprocess
import sys

EXIT_STATUS = [
    ("0", "Done."),
    ("1", "The work failed: no usable device, wrong hashes, or output that could not be written."),
    ("64", "Wrong usage."),
    ("65", "Bad input."),
    ("69", "No pool or node could be used before \\-\\-max\\-seconds ran out."),
    ("78", "Bad configuration."),
    ("129, 130, 143", "Ended in order by SIGHUP (with no file to read or open again), SIGINT or SIGTERM."),
]
ENVIRONMENT = [
    ("NIGHTJAR_…", "A setting of the configuration: NIGHTJAR_THREADS for threads, NIGHTJAR_PAUSE_ON_BATTERY for "
                   "care.pauseOnBattery. Above the file and below the flags."),
    ("NIGHTJAR_URL, NIGHTJAR_USER, NIGHTJAR_PASS, NIGHTJAR_PASS_FILE", "The pool, and the login there."),
    ("NO_COLOR", "Turns colours off."),
]
FILES = [
    ("$XDG_STATE_HOME/nightjar/shares.sqlite", "The ledger of shares; ~/.local/state without that variable."),
    ("$XDG_CACHE_HOME/nightjar", "Compiled kernels and what tune found; ~/.cache without that variable."),
]


def escape(text):
    """Text as roff reads it: backslashes and hyphens as they are, and no line that looks like a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def names(argument):
    return [("-" if name["kind"] == "short" else "--") + name["name"] for name in argument.get("names", [])]


def synopsis(command, path):
    parts = []
    for argument in shown(command):
        if argument["kind"] == "positional":
            text = f"\\fI{escape(argument['valueName'])}\\fR"
        else:
            preferred = argument["preferredName"]
            text = "\\fB" + escape(("-" if preferred["kind"] == "short" else "--") + preferred["name"]) + "\\fR"
            if argument["kind"] == "option":
                text += f" \\fI{escape(argument['valueName'])}\\fR"
        if argument["isRepeating"] and not argument["valueName"].endswith("…"):
            text += "…"
        parts.append(f"[{text}]" if argument["isOptional"] else text)
    return " ".join([f"\\fB{escape(path)}\\fR", *parts])


def shown(command):
    """A command's arguments, without the two that every command has."""
    return [argument for argument in command.get("arguments", [])
            if argument["shouldDisplay"] and set(names(argument)) not in ({"--version"}, {"-h", "--help"})]


def entry(argument):
    if argument["kind"] == "positional":
        head = f"\\fI{escape(argument['valueName'])}\\fR"
    else:
        head = ", ".join(f"\\fB{escape(name)}\\fR" for name in names(argument))
        if argument["kind"] == "option":
            head += f" \\fI{escape(argument['valueName'])}\\fR"
    text = escape(argument.get("abstract", ""))
    if argument.get("discussion"):
        text += "\n" + escape(argument["discussion"])
    if argument.get("defaultValue"):
        text += f" Default: {escape(argument['defaultValue'])}."
    return f".TP\n{head}\n{text}\n"


def pairs(rows):
    return "".join(f".TP\n{name}\n{text}\n" for name, text in rows)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    program = sys.argv[1]
    ask = lambda flag: subprocess.run([program, flag], check=True, capture_output=True, text=True).stdout
    version = ask("--version").split()[1]
    root = json.loads(ask("--experimental-dump-help"))["command"]
    commands = [command for command in root["subcommands"] if command["shouldDisplay"]]

    page = [f'.\\" Made by Scripts/manual.py.\n.TH NIGHTJAR 1 "" "nightjar {version}" "User Commands"\n.nh\n.ad l\n']
    page.append(f".SH NAME\nnightjar \\- {escape(root['abstract']).rstrip('.')}\n")
    page.append(".SH SYNOPSIS\n")
    page.append(".br\n".join(f"\\fBnightjar {escape(c['commandName'])}\\fR …\n" for c in commands))
    page.append(".br\n\\fBnightjar \\-\\-version\\fR\n")
    page.append(".SH COMMANDS\n")
    for command in commands:
        page.append(f".SS {escape(command['commandName'])}\n{escape(command['abstract'])}\n")
        page.append(f".PP\n{synopsis(command, 'nightjar ' + command['commandName'])}\n")
        if command.get("discussion"):
            page.append(f".PP\n{escape(command['discussion'])}\n")
        page += [entry(argument) for argument in shown(command)]
    page.append(".SH EXIT STATUS\n" + pairs(EXIT_STATUS))
    page.append(".SH ENVIRONMENT\n" + pairs(ENVIRONMENT))
    page.append(".SH FILES\n" + pairs(FILES))
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write("".join(page))


if __name__ == "__main__":
    main()
