"""Strings a name or a note could hold to break a page: each must be shown as it stands."""

from __future__ import annotations

import re

HOSTILE = [
    # templates
    "{{7*7}}", "{{7*7}}<script>alert(1)</script>{% raw %}", "{% raw %}", "{% endraw %}{{ self }}",
    "{% for x in y %}", "{{@}}", "{#", "{# x #}", "#{7*7}", "${7*7}", "`${alert(1)}`", "<%= 7*7 %>",
    "[[7*7]]", "%s %(name)s {0} {name}",
    # markup
    "<script>alert(1)</script>", "</script><script>alert(1)</script>", "</SCRIPT ><b>x</b>",
    "<!--<script>", "--><b>x</b>", "]]><b>x</b>", "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>", "<iframe srcdoc='<b>x</b>'></iframe>", "</title></style></textarea>x",
    "<b>bold</b>", "<a href=javascript:alert(1)>x</a>", '<noscript><p title="</noscript>x">',
    "</td></tr></table><h1>x</h1>", "</option></select><b>x</b>", "</details><summary>x",
    "<bdo dir=rtl>abc</bdo>", "</bdi>x<bdi>",
    # attributes, quotes, backslashes
    '" onmouseover="alert(1)', "' onclick='alert(1)", '" autofocus onfocus=alert(1) x="',
    "\\", "\\\\", "\\u003cb\\u003e", "\\x3cb\\x3e", "\\n", "';alert(1)//", '");alert(1)//',
    # entities
    "&lt;b&gt;", "&amp;lt;", "&#x27;", "&#60;b&#62;", "&nbsp;&copy", "&",
    # style
    "</style><b>x</b>", "x;background:url(//a.invalid/b)", "expression(alert(1))", "*/ body{color:red}",
    "@import 'x.css'",
    # addresses
    "javascript:alert(1)", "data:text/html,<b>x</b>", "//a.invalid/x", "file:///x", "www.a.invalid",
    # Markdown, LaTeX, icons of Streamlit
    "**bold** _it_ ~~no~~", "[x](javascript:alert(1))", "![x](//a.invalid/b.png)", "# head", "- item",
    "1. item", "> quote", "| a | b |", "`code`", "```", "---", "$x^2$", "$$\\frac{1}{2}$$",
    ":red[x] :material/home: :smile:", "<br>**x**", "\\*not\\*",
    # writing direction, joiners, width
    "\N{RIGHT-TO-LEFT OVERRIDE}cba\N{POP DIRECTIONAL FORMATTING}", "\N{RIGHT-TO-LEFT OVERRIDE}open",
    "\N{RIGHT-TO-LEFT ISOLATE}open", "\N{POP DIRECTIONAL ISOLATE}x", "\N{RIGHT-TO-LEFT MARK}12:00",
    "\u05e9\u05e2\u05e8 \u05e6\u05e4\u05d5\u05e0\u05d9 7", "\u0628\u0648\u0627\u0628\u0629 7",
    "a\N{ZERO WIDTH SPACE}b", "a\N{ZERO WIDTH JOINER}b", "a\N{ZERO WIDTH NO-BREAK SPACE}b", "a\N{SOFT HYPHEN}b",
    "a\N{LINE SEPARATOR}b", "a\N{PARAGRAPH SEPARATOR}b", "Z\u0351\u036b\u0343\u036a\u0302a\u0310\u0342lgo",
    # characters
    "\N{FIRE}\N{FAMILY}\U0001f468\u200d\U0001f692", "\U00020000\U0001f1e9\U0001f1ea",
    "\N{SYMBOL FOR NULL}", "\N{REPLACEMENT CHARACTER}", "%00", "null", "None", "NaN", "undefined",
    "__proto__", "constructor", "toString", "=1+1", "+1", "@x", "1e999", "Robert'); DROP TABLE zones;--",
    # shape
    "x" * 300, "word " * 60 + "end", "two\nlines", "tab\there", "  spaces  around  ", "0", ".",
]  # fmt: skip
"""What the layers let in and a page must show literally."""

CONTROLS = ["a\x00b", "a\x07b", "a\x1bb", "a\x7fb", "a\x0bb"]
"""Control characters: shown as the replacement character."""


def collapsed(text: str) -> str:
    """Return a text as a browser lays it out: runs of white space as one space."""
    return re.sub(r"[ \t\n\r\f]+", " ", text).strip()
