r"""How any text stands in a log file, line by line, and is read back the same.

Plain text stands as it is; other text is escaped:

* a value of a key that has ``: ``, ``#``, control characters or blank edges, is empty or begins
  with a quote, becomes a JSON string without ``#`` and ``: `` (in which two surrogates, which no
  valid text has, read back as the one character that they encode);
* a line of raw text that looks like a mark or begins with a backslash, or has a ``#`` or a
  control character, is prefixed with a backslash; in it, ``\uXXXX`` stands for a character.
"""

import json
import re
from typing import Final

SECTION_START: Final[str] = "BEGIN_"
SECTION_END: Final[str] = "END_"
KEY_VALUE_SEPARATOR: Final[str] = ": "
COMMENT_CHAR: Final[str] = "#"

#: what could end a line for some reader, or get lost in a file
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})")
_MARKS = (SECTION_START, SECTION_END, "\\")


def unicode_escape(match: re.Match[str]) -> str:
    r"""Return the escape ``\uXXXX`` of the character that was found."""
    return f"\\u{ord(match[0]):04x}"


def escape_value(text: str) -> str:
    r"""Return the text of a key's value as it stands in a file.

    >>> escape_value("a b"), escape_value("a: b")
    ('a b', '"a:\\u0020b"')
    """
    if (text and text == text.strip() and text[0] != '"' and COMMENT_CHAR not in text
            and KEY_VALUE_SEPARATOR not in text and "\t" not in text and "\n" not in text
            and not CONTROL.search(text)):
        return text
    return json.dumps(text).replace(COMMENT_CHAR, "\\u0023").replace(
        KEY_VALUE_SEPARATOR, ":\\u0020").replace("\x7f", "\\u007f")


def unescape_value(text: str) -> str:
    """Return the text that :func:`escape_value` has made ``text`` of."""
    if text.startswith('"'):
        try:
            value = json.loads(text)
        except ValueError:
            return text
        if isinstance(value, str):
            return value
    return text


def escape_line(line: str) -> str:
    r"""Return a line of raw text as it stands in a file.

    >>> escape_line("1;2"), escape_line("END_X"), escape_line("a#b")
    ('1;2', '\\END_X', '\\a\\u0023b')
    """
    if not (line.lstrip().startswith(_MARKS) or COMMENT_CHAR in line or CONTROL.search(line)):
        return line
    line = line.replace("\\u", "\\u005cu").replace(COMMENT_CHAR, "\\u0023")
    return "\\" + CONTROL.sub(unicode_escape, line)


def unescape_line(line: str) -> str:
    """Return the line that :func:`escape_line` has made ``line`` of."""
    if not line.startswith("\\"):
        return line
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), line[1:])
