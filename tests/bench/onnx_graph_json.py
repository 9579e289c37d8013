"""An ONNX graph as JSON, for networks_in_turn.mjs, which gives it to a runtime that reads no ONNX.

Usage: python3 onnx_graph_json.py NETWORK.onnx > graph.json
{"input", "output", "nodes": [{"kind", "inputs", "outputs", "attributes"}], "constants": {name: {"shape", "base64"}}}
Constants are little-endian fp32. Needs python3-onnx.
"""

import base64
import json
import sys

import onnx
import onnx.helper
import onnx.numpy_helper


def main():
    graph = onnx.load(sys.argv[1]).graph
    constants = {i.name: onnx.numpy_helper.to_array(i).astype("<f4") for i in graph.initializer}
    nodes = [{"kind": node.op_type, "inputs": list(node.input), "outputs": list(node.output),
              "attributes": {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}}
             for node in graph.node if node.op_type != "Constant"]
    json.dump({
        "input": next(i.name for i in graph.input if i.name not in constants),
        "output": graph.output[0].name,
        "nodes": nodes,
        "constants": {name: {"shape": value.shape, "base64": base64.b64encode(value.tobytes()).decode()}
                      for name, value in constants.items()},
    }, sys.stdout)


if __name__ == "__main__":
    main()
