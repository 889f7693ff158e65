#!/usr/bin/env python3
"""Checks how the tests are written: each has a time limit, and none is skipped or allowed to fail.

A suite is a type at a file's left edge (swift-format sees to that) with `@Suite(…, .timeLimit(…))`. A test belongs to
the type, or to the extension of one, that stands above it; a test outside of types needs a limit of its own.

    check-tests.py [FOLDER]      the folder is Tests unless given; prints what is wrong, and ends with 1 if anything is
"""

import pathlib
import re
import sys

# Words with which a test could hide a broken program.
FORBIDDEN = [".disabled", ".enabled(", "withKnownIssue", "XCTSkip", "Test.cancel"]

TYPE = re.compile(r"^(?:@\w+(?:\(.*?\))?\s+)*(?:(?:package|public|private|fileprivate|final|indirect) )*"
                  r"(struct|class|actor|enum|extension) (\w+)", re.M)
TEST = re.compile(r"^( *)@Test\b(.*)", re.M)


def without_comments(text: str) -> str:
    """The text with its comments blanked, so that lines keep their numbers."""
    return re.sub(r"(?<![:\"])//[^\n]*", "", text)


def read(path: pathlib.Path) -> str:
    return without_comments(path.read_text(encoding="utf-8"))


def attributes(text: str, declaration: int) -> str:
    """The attributes of the declaration that begins at this place: those before it on its own line and the lines above."""
    start = declaration
    while True:
        line_end = start - 1
        if line_end < 0:
            return text[:declaration]
        line_start = text.rfind("\n", 0, line_end) + 1
        # A line with an attribute, or the continuation of one.
        if not text[line_start:line_end].startswith(("@", " ", ")")):
            return text[start:declaration]
        start = line_start


def types(text: str):
    """The types at the left edge: where each begins, whether it is an extension, its name, and its attributes."""
    for match in TYPE.finditer(text):
        end = match.start(1)
        yield match.start(), match.group(1) == "extension", match.group(2), attributes(text, match.start()) + text[
            match.start():end]


def check(folder: pathlib.Path) -> list[str]:
    wrong = []
    # By target, because two targets may have suites with the same name.
    suites: dict[str, set[str]] = {}
    files = sorted(folder.rglob("*.swift"))
    texts = {path: read(path) for path in files}
    for path, text in texts.items():
        target = path.relative_to(folder).parts[0]
        for start, is_extension, name, before in types(text):
            line = text.count("\n", 0, start) + 1
            if is_extension or "@Suite" not in before:
                continue
            suites.setdefault(target, set()).add(name)
            if ".timeLimit(" not in before:
                wrong.append(f"{path}:{line}: the suite {name} has no .timeLimit")
    for path, text in texts.items():
        target = path.relative_to(folder).parts[0]
        found = list(types(text))
        for match in TEST.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            if ".timeLimit(" in match.group(2):
                continue
            if not match.group(1):
                wrong.append(f"{path}:{line}: a test outside of suites has no .timeLimit")
                continue
            owner = next((name for start, _, name, _ in reversed(found) if start < match.start()), None)
            if owner not in suites.get(target, set()):
                wrong.append(f"{path}:{line}: a test of {owner or 'no type'}, which is no @Suite")
        for word in FORBIDDEN:
            for place in re.finditer(re.escape(word), text):
                line = text.count("\n", 0, place.start()) + 1
                wrong.append(f"{path}:{line}: {word}: no test is skipped or allowed to fail")
    return wrong


def main() -> int:
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "Tests")
    wrong = check(folder)
    for line in dict.fromkeys(wrong):
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
