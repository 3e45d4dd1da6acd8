"""A traced computation as an ONNX model that names its weights and leaves them out."""

import math
from collections.abc import Mapping

import onnx
import spox

from rowcall_sqlgen.parser.inference import WEIGHT
from tools.graphs.traced import Traced

IR_VERSION = 10
"""Of the file format: what ONNX Runtime has read since 1.18."""
ELSEWHERE = "weights"
"""Named as the file of the weights. There is none: whoever opens the graph hands them over."""


def model(
    name: str, *, weights: Mapping[str, Traced], inputs: dict[str, Traced], outputs: Mapping[str, Traced]
) -> onnx.ModelProto:
    """Returns the model of what the outputs are computed from; weights that they do not need are not in it."""
    named = {f"{WEIGHT}{key}": each for key, each in weights.items()}
    given = {key: each.var for key, each in (named | inputs).items()}
    built = spox.build(given, {key: each.var for key, each in outputs.items()}, drop_unused_inputs=True)
    built.ir_version = IR_VERSION
    graph = built.graph
    graph.name = name
    given_ones = sorted(graph.input, key=lambda each: each.name)  # spox orders them anew each time
    needed = [each for each in given_ones if each.name.startswith(WEIGHT)]
    kept = [each for each in given_ones if not each.name.startswith(WEIGHT)]
    del graph.input[:]
    graph.input.extend(kept)
    graph.initializer.extend(map(_elsewhere, needed))
    return built


def _elsewhere(weight: onnx.ValueInfoProto) -> onnx.TensorProto:
    kind = weight.type.tensor_type
    sizes = [each.dim_value for each in kind.shape.dim]
    tensor = onnx.TensorProto(
        name=weight.name, data_type=kind.elem_type, dims=sizes, data_location=onnx.TensorProto.EXTERNAL
    )
    of_one = onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type).itemsize
    for key, value in (("location", ELSEWHERE), ("offset", 0), ("length", math.prod(sizes) * of_one)):
        tensor.external_data.add(key=key, value=str(value))
    return tensor
