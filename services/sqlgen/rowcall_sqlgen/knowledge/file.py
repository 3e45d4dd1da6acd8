"""The knowledge file: YAML, read whole or not at all, with complaints that name line, member and cure."""

from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import ValidationError

from rowcall_runtime.environment import BadSettings
from rowcall_sqlgen.knowledge.model import Knowledge
from rowcall_sqlgen.knowledge.questions import normal_question, term_words

LARGEST_BYTES = 4 * 2**20
MOST_FAULTS = 20
_DEEPEST = 8
_OPENING = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)
_TEXT = "tag:yaml.org,2002:str"

# libyaml is ten times as fast; both readers only build nodes, never objects.
_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

_Place = tuple[str | int, ...]
_Content = str | list["_Content"] | dict[str, "_Content"] | None


class BadKnowledge(BadSettings):
    """The knowledge file cannot be used; the message says what, where and how to mend it, and repeats no content."""


def read_knowledge(path: Path) -> Knowledge:
    """Reads the file; an empty one holds nothing.

    Raises:
        BadKnowledge: the file cannot be read, or anything in it is wrong.
    """
    root = _root(path, _text(path))
    if root is None:
        return Knowledge()
    document = _Document(path)
    content = document.content(root, ())
    document.require_faultless()
    try:
        knowledge = Knowledge.model_validate(content)
    except ValidationError as error:
        for each in error.errors(include_input=False, include_url=False):
            document.complain(each["loc"], _cured(each["type"], each["msg"]))
        document.require_faultless()
        raise
    for place, fault in _clashes(knowledge):
        document.complain(place, fault)
    document.require_faultless()
    return knowledge


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise BadKnowledge(f"{path}: the file has more than {LARGEST_BYTES} bytes; keep the pairs that matter.")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadKnowledge(f"{path}: the file cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise BadKnowledge(f"{path}: the file is not UTF-8 text; save it as UTF-8.") from error


def _root(path: Path, text: str) -> yaml.Node | None:
    try:
        _require_plain(path, text)
        return yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadKnowledge(f"{path}:{line}: the file is not YAML ({error.problem}); mend that line.") from None
    except yaml.YAMLError:
        raise BadKnowledge(f"{path}: the file is not YAML: it holds a character that YAML forbids.") from None


def _require_plain(path: Path, text: str) -> None:
    """Refuses what the file has no use for before the nodes are built: libyaml does not survive 100,000 brackets."""
    depth = 0
    for token in yaml.scan(text, Loader=_LOADER):
        where = f"{path}:{token.start_mark.line + 1}"
        depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        if depth > _DEEPEST:
            raise BadKnowledge(f"{where}: the file is nested too deeply; see docs/knowledge.md for its shape.")
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken | yaml.TagToken):
            raise BadKnowledge(f"{where}: `&`, `*` and `!` mean something in YAML; put the text into quotes.")


class _Document:
    """Turns nodes into plain content, and remembers the line of each member."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: dict[_Place, int] = {(): 1}
        self._faults: dict[str, None] = {}

    def complain(self, place: _Place, fault: str) -> None:
        """Notes a fault of a member, by its place in the content."""
        known = next(place[:end] for end in range(len(place), -1, -1) if place[:end] in self._lines)
        self._faults[f"{self._path}:{self._lines[known]}: {_spelled(place)}{fault}"] = None

    def require_faultless(self) -> None:
        """Raises `BadKnowledge` if anything was noted."""
        faults = list(self._faults)
        if faults:
            more = [f"and {len(faults) - MOST_FAULTS} more"] if len(faults) > MOST_FAULTS else []
            raise BadKnowledge("\n".join([*faults[:MOST_FAULTS], *more]))

    def content(self, node: yaml.Node, place: _Place) -> _Content:
        """Returns the node's content; what is neither text, list nor mapping is noted and comes back as `None`."""
        self._lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self.content(each, (*place, at)) for at, each in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return dict(self._members(node, place))
        if node.tag == _TEXT:
            return str(node.value)
        self.complain(place, "is not text to YAML (empty, a number, a date, yes or no); put it into quotes")
        return None

    def _members(self, node: yaml.MappingNode, place: _Place) -> Iterator[tuple[str, _Content]]:
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value) if key.tag == _TEXT else None
            if name is None:
                self._lines.setdefault((*place, "?"), key.start_mark.line + 1)
                self.complain((*place, "?"), "is no name of a member")
                continue
            self._lines[*place, name] = key.start_mark.line + 1
            if name in seen:
                self.complain((*place, name), "stands twice; keep one")
            seen.add(name)
            yield name, self.content(value, (*place, name))


def _spelled(place: _Place) -> str:
    """Spells a place as people count: `pairs[1]` is the first."""
    text = ""
    for part in place:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return f"{text}: " if text else ""


def _cured(kind: str, message: str) -> str:
    match kind:
        case "extra_forbidden":
            return "is not known; remove it, or see docs/knowledge.md for the members there are"
        case "missing":
            return "is missing; add it"
        case "model_type" | "model_attributes_type" | "dict_type":
            return "must be a mapping (`name: value` lines); see docs/knowledge.md"
        case "tuple_type":
            return "must be a list (lines that begin with `- `)"
        case "string_type":
            return "must be text"
    return message.removeprefix("Value error, ")


def _clashes(knowledge: Knowledge) -> Iterator[tuple[_Place, str]]:
    """Yields what could be answered or read in two ways. Without a connection, an entry holds for all of them."""
    questions: dict[str, list[tuple[str | None, str, int]]] = {}
    for at, pair in enumerate(knowledge.pairs):
        others = questions.setdefault(normal_question(pair.question), [])
        for connection, sql, other in others:
            if sql != pair.sql and (connection == pair.connection or None in (connection, pair.connection)):
                yield ("pairs", at, "question"), f"is asked by pairs[{other + 1}] too, with other SQL; keep one"
        others.append((pair.connection, pair.sql, at))
    names: dict[tuple[str, ...], list[tuple[str | None, int]]] = {}
    for at, term in enumerate(knowledge.terms):
        for key in dict.fromkeys(term_words(name) for name in term.names):
            known = names.setdefault(key, [])
            for connection, other in known:
                if connection == term.connection or None in (connection, term.connection):
                    yield ("terms", at, "name"), f"is a name of terms[{other + 1}] too; keep one"
            known.append((term.connection, at))
