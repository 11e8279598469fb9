"""Where a cursor is in a text that need not be valid YAML: from indentation and flow brackets alone.

While somebody types, the text can seldom be parsed. What is above and below the cursor in the same document is read as
a tree all the same, line by line; what does not fit into it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from cmlint.manifest.documents import cut
from cmlint.model.facts import Span
from cmlint.server.positions import lines_of

ITEM = "[]"
"""The name of an item of a list."""

KEY = re.compile(
    r"""(?P<key>"[^"\n]*"|'[^'\n]*'|[^\s#:{}\[\],&*!|>'"%@`-][^:#\n]*?|-[^\s:#][^:#\n]*?)[ \t]*:(?=[ \t]|$)"""
)
BLOCK = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?$")
DASHES = re.compile(r"-(?:[ \t]+|$)")
MARKS = re.compile(r"(?:[&!][^\s]*[ \t]+)*")
COMMENT = re.compile(r"[ \t]#.*$|^#.*$")


class Node(msgspec.Struct, eq=False):
    """A key, an item of a list or a scalar: `column` is where it begins, `span` where its value is without quotes."""

    name: str
    column: int
    start: int = 0
    value: str = ""
    span: Span = Span(0, 0)
    quote: str = ""
    parent: Node | None = None
    children: list[Node] = []
    block: bool = False

    def add(self, child: Node) -> Node:
        """Adds a child."""
        child.parent = self
        self.children.append(child)
        return child

    def child(self, *names: str) -> Node | None:
        """What is below, by the names on the way."""
        found: Node | None = self
        for name in names:
            found = next((each for each in found.children if each.name == name), None) if found else None
        return found

    def text(self, *names: str) -> str:
        """The value of what is below, or an empty text."""
        found = self.child(*names)
        return found.value if found else ""

    @property
    def path(self) -> tuple[str, ...]:
        """The names from the document to the node."""
        names: list[str] = []
        node: Node | None = self
        while node and node.parent:
            names.append(node.name)
            node = node.parent
        return tuple(reversed(names))

    def above(self, name: str) -> Node | None:
        """The innermost node of a name around it."""
        node = self.parent
        while node and node.name != name:
            node = node.parent
        return node


class Cursor(msgspec.Struct):
    """Where a cursor is: in the value of `node`, or where a key or a value is to be, below it (`inside`).

    `word` is what would be replaced, `before` what of it is before the cursor.
    """

    root: Node
    node: Node
    inside: bool
    word: Span
    before: str
    quote: str = ""
    behind_colon: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        """The names from the document to the cursor."""
        return self.node.path


def cursor_at(text: str, offset: int) -> Cursor:
    """Where a cursor is in a text."""
    start, end = next(((a, b) for a, b in cut(text) if a <= offset <= b), (0, len(text)))
    tree = Tree(text, start, end, offset)
    return tree.cursor


class Tree:
    """A document as a tree; `cursor` is where the cursor is in it."""

    def __init__(self, text: str, start: int, end: int, offset: int) -> None:
        self.text, self.offset = text, offset
        self.root = Node("", -1)
        self.stack = [self.root]
        self.cursor = Cursor(self.root, self.root, True, Span(offset, offset), "")
        self.skip: int | None = None
        for line_start, line in lines_of(text[start:end]):
            self.take(start + line_start, line)

    def take(self, start: int, line: str) -> None:
        """Adds a line to the tree."""
        here = start <= self.offset <= start + len(line)
        content = line.rstrip()
        column = len(content) - len(content.lstrip(" "))
        if self.skip is not None and (not content or column > self.skip):
            if here:
                self.cursor = self.at(self.stack[-1], Span(self.offset, self.offset), inside=False)
            return
        self.skip = None
        if not content.strip() or content.lstrip().startswith(("#", "---", "%")):
            if here:
                self.cursor = self.between(self.offset - start, line)
            return
        self.take_content(start, content, column, here=here)

    def take_content(self, start: int, content: str, column: int, *, here: bool) -> None:
        """Adds a line that says something."""
        while dash := DASHES.match(content, column):
            self.leave(column, item=True)
            self.stack.append(self.stack[-1].add(Node(ITEM, column, start + column)))
            column = dash.end()
        if column >= len(content):
            if here:
                self.cursor = self.at(self.stack[-1], Span(self.offset, self.offset), inside=True)
            return
        key = KEY.match(content, column)
        if key is None:
            self.take_scalar(start, content, column, here=here)
            return
        self.leave(column)
        node = self.stack[-1].add(Node(unquoted(key["key"])[0], column, start + column))
        self.stack.append(node)
        value = len(content) if key.end() >= len(content) else skip_marks(content, key.end())
        node.block = bool(BLOCK.match(content, value))
        if node.block:
            self.skip = column
        elif content[value : value + 1] in ("{", "["):
            Flow(self, node, start, content, value).run()
        else:
            self.fill(node, start, content, value)
        if here and self.cursor.root is self.root and not self.is_placed(start, len(content)):
            self.place(node, start, key.end(), start + column)

    def is_placed(self, start: int, length: int) -> bool:
        """Whether a flow collection on this line has found the cursor already."""
        return self.cursor.node is not self.root and start <= self.cursor.node.start <= start + length

    def place(self, node: Node, start: int, colon: int, key: int) -> None:
        """Puts the cursor into the value of a node, or at its key."""
        if self.offset >= start + colon:
            blank = not node.value and not node.quote
            self.cursor = self.at(node, Span(self.offset, self.offset) if blank else node.span, inside=False)
        else:
            parent = node.parent or self.root
            word = Span(min(key, self.offset), max(start + colon - 1, self.offset))
            self.cursor = self.at(parent, word, inside=True)

    def take_scalar(self, start: int, content: str, column: int, *, here: bool) -> None:
        """Adds a line that is a scalar, or a word that is to become a key."""
        self.leave(column)
        node = self.stack[-1]
        if content[column] in "{[":
            Flow(self, node, start, content, column).run()
            return
        if node.name == ITEM and not node.value:
            self.fill(node, start, content, column)
        if here:
            value = Node("", column)
            self.fill(value, start, content, column)
            self.cursor = self.at(node, value.span, inside=node.name != ITEM, quote=value.quote)

    def leave(self, column: int, *, item: bool = False) -> None:
        """Leaves what ends before a column; an item of a list may be below a key in the same column."""
        while self.stack[-1].column >= column:
            top = self.stack[-1]
            if item and top.column == column and top.name != ITEM and not top.value:
                return
            self.stack.pop()

    def between(self, column: int, line: str) -> Cursor:
        """The cursor on an empty line, or in a comment: what is around it follows from its column."""
        indentation = len(line) - len(line.lstrip(" "))
        column = min(column, indentation) if line.strip() else column
        node = next((each for each in reversed(self.stack) if each.column < column), self.root)
        return self.at(node, Span(self.offset, self.offset), inside=True)

    def at(self, node: Node, word: Span, *, inside: bool, quote: str = "") -> Cursor:
        """The cursor at a node."""
        before = self.text[word.start : self.offset] if word.start <= self.offset else ""
        behind = word.start == word.end and self.text[word.start - 1 : word.start] == ":"
        quote = quote or ("" if inside else node.quote)
        return Cursor(
            root=self.root, node=node, inside=inside, word=word, before=before, quote=quote, behind_colon=behind
        )

    def fill(self, node: Node, start: int, content: str, column: int) -> None:
        """Takes the scalar at the end of a line as a node's value."""
        raw = COMMENT.sub("", content[column:]).rstrip()
        node.value, node.quote = unquoted(raw)
        first = start + column + len(node.quote)
        node.span = Span(first, first + len(node.value))


class Flow:
    """The flow collections on one line, also where they are not closed."""

    def __init__(self, tree: Tree, node: Node, start: int, content: str, position: int) -> None:
        self.tree, self.node, self.start, self.content, self.position = tree, node, start, content, position

    def run(self) -> None:
        """Reads to the end of the line."""
        opened = [self.node]
        while self.position < len(self.content):
            letter = self.content[self.position]
            if letter in "{[":
                opened.append(opened[-1].add(Node(ITEM, -1, self.place)) if self.is_item(opened[-1]) else opened[-1])
                self.position += 1
                self.notice(opened[-1], self.position)
            elif letter in "}]":
                if len(opened) > 1:
                    opened.pop()
                self.position += 1
            elif letter in ", \t":
                self.position += 1
                self.notice(opened[-1], self.position)
            else:
                self.part(opened[-1])

    @property
    def place(self) -> int:
        """Where it is in the text."""
        return self.start + self.position

    def is_item(self, parent: Node) -> bool:
        """Whether what opens here is an item of a list."""
        return parent.name == ITEM or self.content[: self.position].rstrip().endswith(("[", ","))

    def notice(self, parent: Node, position: int) -> None:
        """Notes the cursor between two parts."""
        if self.tree.offset == self.start + position:
            self.tree.cursor = self.tree.at(parent, Span(self.tree.offset, self.tree.offset), inside=True)

    def part(self, parent: Node) -> None:
        """Reads a key with its value, or a scalar."""
        begin = self.position
        pair = re.compile(r"""("[^"]*"|'[^']*'|[^,:{}\[\]]+)(:[ \t]*)?""").match(self.content, begin)
        if pair is None:
            self.position += 1
            return
        key, colon = pair[1], pair[2]
        self.position = pair.end()
        if not colon:
            node = Node("", -1, self.start + begin)
            self.set(node, key, begin)
            self.notice_in(parent, node, inside=True)
            return
        node = parent.add(Node(unquoted(key.strip())[0], -1, self.start + begin))
        if self.content[self.position : self.position + 1] in ("{", "["):
            Flow(self.tree, node, self.start, self.content, self.position).run_one(self)
            return
        value = re.compile(r"""("[^"]*"?|'[^']*'?|[^,{}\[\]]*)""").match(self.content, self.position)
        self.set(node, value[0] if value else "", self.position)
        self.position = value.end() if value else self.position
        self.notice_in(node, node, inside=False)

    def run_one(self, outer: Flow) -> None:
        """Reads one collection inside of another, and goes on behind it."""
        depth = 0
        for position in range(self.position, len(self.content)):
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(self.content[position], 0)
            if not depth:
                break
        else:
            position = len(self.content) - 1
        inner = Flow(self.tree, self.node, self.start, self.content[: position + 1], self.position)
        inner.run()
        outer.position = position + 1

    def set(self, node: Node, raw: str, begin: int) -> None:
        """Takes a scalar as a node's value."""
        stripped = raw.rstrip()
        node.value, node.quote = unquoted(stripped)
        first = self.start + begin + len(node.quote)
        node.span = Span(first, first + len(node.value))

    def notice_in(self, at: Node, node: Node, *, inside: bool) -> None:
        """Notes the cursor in a scalar."""
        if node.span.start <= self.tree.offset <= node.span.end:
            self.tree.cursor = self.tree.at(at, node.span, inside=inside, quote=node.quote)


def skip_marks(content: str, position: int) -> int:
    """Where a value begins, behind blanks, anchors and tags."""
    while position < len(content) and content[position] in " \t":
        position += 1
    marks = MARKS.match(content, position)
    return marks.end() if marks else position


def unquoted(raw: str) -> tuple[str, str]:
    """A scalar without its quotes, and the quote; one that is not closed has one all the same."""
    if raw[:1] in ("'", '"'):
        closed = len(raw) > 1 and raw[-1] == raw[0]
        return raw[1:-1] if closed else raw[1:], raw[0]
    return raw, ""


def items(node: Node | None) -> Iterator[Node]:
    """The items of a list."""
    yield from (each for each in node.children if each.name == ITEM) if node else ()
