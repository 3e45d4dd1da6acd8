"""`python -m tools.graphs`: writes the graphs of parser and sentence encoder beside the code that runs them."""

import sys
from importlib.resources import as_file

from safetensors.numpy import load_file

from rowcall_sqlgen.builtin.trained import FOLDER, PARSER
from rowcall_sqlgen.parser.inference import GRAPHS, GraphName
from rowcall_sqlgen.parser.sentence_encoder import WEIGHTS, layer_weights, model_folder
from rowcall_sqlgen.parser.weights import load
from tools.graphs.parser_graphs import encode_graph, step_graph
from tools.graphs.sentence_graph import sentence_graph


def main() -> None:
    """Writes the files."""
    with as_file(FOLDER / PARSER) as parser, as_file(GRAPHS) as folder:
        trained = load(parser)
        for name, graph in (
            (GraphName.SENTENCE, sentence_graph(layer_weights(load_file(model_folder() / WEIGHTS)))),
            (GraphName.ENCODE, encode_graph(trained)),
            (GraphName.STEP, step_graph(trained)),
        ):
            (folder / name).write_bytes(graph.SerializeToString(deterministic=True))
            sys.stdout.write(f"{name}: {len(graph.graph.node)} nodes\n")


if __name__ == "__main__":
    main()
