"""Runs a network that is written down as an ONNX graph without weights (`tools/graphs` writes them)."""

from enum import StrEnum
from importlib.resources import files

import numpy as np
import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidGraph

from rowcall_sqlgen.parser.arrays import Array, Weights

GRAPHS = files("rowcall_sqlgen.parser") / "graphs"
WEIGHT = "weights/"
"""Begins the names of weights in a graph, so that none is called like an input."""
_SILENT = 4  # of 0 to 4: fatal errors alone; all others are raised as well


class GraphName(StrEnum):
    """The files."""

    SENTENCE = "sentence.onnx"
    ENCODE = "encode.onnx"
    STEP = "step.onnx"


class Graph:
    """One network with its weights. Runs in the caller's thread: at these sizes more would wait for each other.

    Threads may share it.
    """

    def __init__(self, name: GraphName, weights: Weights) -> None:
        """Raises `ValueError` where the weights do not fit the graph."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = _SILENT
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(each)) for each in weights.values()]
        options.add_external_initializers([f"{WEIGHT}{each}" for each in weights], values)
        graph = (GRAPHS / name).read_bytes()
        try:
            self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except (Fail, InvalidArgument, InvalidGraph) as error:
            raise ValueError(f"The weights do not fit {name}: {error}") from error

    def __call__(self, **inputs: Array) -> list[Array]:
        """Returns the outputs in their order."""
        found: list[Array] = self._session.run(None, inputs)
        return found
