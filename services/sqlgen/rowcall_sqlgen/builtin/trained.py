"""The trained parts that come with the package: MODEL_CARD.md beside them says of what and how they were made."""

from importlib.resources import as_file, files

from rowcall_sqlgen.builtin.answering import Answering
from rowcall_sqlgen.builtin.trust import load_trust
from rowcall_sqlgen.parser.parser import SemanticParser
from rowcall_sqlgen.parser.search import Search
from rowcall_sqlgen.parser.sentence_encoder import SentenceEncoder, model_folder
from rowcall_sqlgen.parser.weights import load

FOLDER = files("rowcall_sqlgen") / "trained"
PARSER = "parser.npz"
TRUST = "trust.npz"


def trained_answering() -> Answering:
    """Reads the files; takes half a second. Raises `ModuleNotFoundError` without the encoder's package."""
    with as_file(FOLDER / PARSER) as parser, as_file(FOLDER / TRUST) as trust:
        return Answering(SemanticParser(load(parser), SentenceEncoder(model_folder()), Search()), load_trust(trust))
