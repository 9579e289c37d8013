"""One embedding natively: visavis against PyTorch and onnxruntime, the same network in fp32, the same crop.

Usage: python3 embed_against_others.py NETWORK.onnx SETTINGS.json [--threads 1] [--rounds 5] [--crops 20]
They take turns: each round gives every one so many crops. Their outputs are checked to agree before anything is
timed. All flush denormals. Prints medians in milliseconds and visavis' ratio to each. Needs build/native
(./run --build-only, and cmake --build --preset native --target embed_in_turn), PyTorch (Debian: python3-torch) and
onnxruntime (npm ci --ignore-scripts in tests/bench). Leave the machine alone meanwhile.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import onnx
import onnx.numpy_helper
import torch
from torch.nn import functional

HERE = os.path.dirname(os.path.abspath(__file__))
NATIVE = os.path.join(HERE, "../../build/native")
WARM_UP = 3


class TorchGraph(torch.nn.Module):
    """Runs an ONNX graph node by node: the operators of the shared networks, no others."""

    def __init__(self, graph):
        super().__init__()
        self.nodes = [(node.op_type, list(node.input), list(node.output), attributes(node))
                      for node in graph.node if node.op_type != "Constant"]
        self.constants = {i.name: torch.from_numpy(onnx.numpy_helper.to_array(i).copy()) for i in graph.initializer}
        self.input = next(i.name for i in graph.input if i.name not in self.constants)
        self.output = graph.output[0].name

    def forward(self, image):
        values = dict(self.constants)
        values[self.input] = image
        for kind, inputs, outputs, given in self.nodes:
            values[outputs[0]] = OPERATORS[kind]([values.get(name) for name in inputs], given)
        return values[self.output]


def attributes(node):
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def convolve(values, given):
    top, left, bottom, right = given.get("pads", [0, 0, 0, 0])
    image, padding = values[0], (top, left)
    if (top, left) != (bottom, right):
        image, padding = functional.pad(image, (left, right, top, bottom)), 0
    return functional.conv2d(image, values[1], values[2] if len(values) > 2 else None, given.get("strides", 1), padding,
                             given.get("dilations", 1), given.get("group", 1))


OPERATORS = {
    "Conv": convolve,
    "PRelu": lambda v, _: functional.prelu(v[0], v[1].flatten()),
    "Relu": lambda v, _: functional.relu(v[0]),
    "Sigmoid": lambda v, _: torch.sigmoid(v[0]),
    "Add": lambda v, _: v[0] + v[1],
    "Sub": lambda v, _: v[0] - v[1],
    "Mul": lambda v, _: v[0] * v[1],
    "GlobalAveragePool": lambda v, _: v[0].mean((2, 3), keepdim=True),
    "Reshape": lambda v, _: v[0].flatten(1),  # The shared networks' only shape is 1 x length.
}


class Visavis:
    name = "visavis"

    def __init__(self, onnx_file, settings, folder, threads):
        del settings["template"]  # A network of whole images: its crop is its input.
        whole, imported, self.model = [os.path.join(folder, n) for n in ("whole.json", "imported.visavis", "fp32.visavis")]
        with open(whole, "w") as file:
            json.dump(settings, file)
        run("visavis", "import", "onnx", onnx_file, "--settings", whole, "--out", imported)
        run("visavis", "convert", imported, "--weights", "fp32", "--simplify", "--out", self.model)
        self.threads = threads

    def embed(self, crops):
        answer = json.loads(run("embed_in_turn", "--threads", str(self.threads), "--json", str(crops), self.model))
        self.output = numpy.array(answer["embedding"])
        return answer["milliseconds"]


class Torch:
    name = f"PyTorch {torch.__version__}"

    def __init__(self, graph, crop, threads):
        torch.set_num_threads(threads)
        torch.set_flush_denormal(True)
        # Traced and frozen, in PyTorch's faster layout: what it gives to whoever deploys it.
        module = torch.jit.trace(TorchGraph(graph).eval(), torch.from_numpy(crop), check_trace=False)
        self.network = torch.jit.optimize_for_inference(torch.jit.freeze(module.eval()))
        self.crop = torch.from_numpy(crop).contiguous(memory_format=torch.channels_last)

    def embed(self, crops):
        with torch.inference_mode():
            times = [timed(lambda: self.network(self.crop)) for _ in range(WARM_UP + crops)]
            self.output = self.network(self.crop).numpy().flatten()
        return times[WARM_UP:]


class OnnxRuntime:
    name = "onnxruntime"

    def __init__(self, network, crop, folder, threads):
        self.network, self.side, self.threads = network, str(crop.shape[2]), str(threads)
        self.crop = os.path.join(folder, "crop")
        crop.tofile(self.crop)

    def embed(self, crops):
        words = ["node", os.path.join(HERE, "embed_with_onnxruntime.mjs"), self.threads, str(crops), self.network,
                 self.crop, self.side]
        answer = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout)
        self.output = numpy.array(answer["embedding"])
        return answer["milliseconds"]


def timed(call):
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def run(program, *words):
    return subprocess.run([os.path.join(NATIVE, program), *words], check=True, stdout=subprocess.PIPE, text=True).stdout


def crop_of(settings, side):
    """embed_in_turn's crop, preprocessed: 1 x 3 x side x side."""
    pixels = (numpy.arange(side * side * 3) * 37 % 251).astype(numpy.float32).reshape(side, side, 3)
    made = (pixels - numpy.float32(settings["mean"])) / numpy.float32(settings["divisor"])
    return numpy.ascontiguousarray(made.astype(numpy.float32).transpose(2, 0, 1)[None])


def unit(values):
    return values / numpy.linalg.norm(values)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network")
    parser.add_argument("settings")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--crops", type=int, default=20)
    options = parser.parse_args()
    with open(options.settings) as file:
        settings = json.load(file)
    graph = onnx.load(options.network).graph
    crop = crop_of(settings, graph.input[0].type.tensor_type.shape.dim[2].dim_value)
    with tempfile.TemporaryDirectory() as folder:
        contestants = [Visavis(options.network, settings, folder, options.threads), Torch(graph, crop, options.threads),
                       OnnxRuntime(options.network, crop, folder, options.threads)]
        for one in contestants:
            one.embed(1)
            apart = numpy.linalg.norm(unit(one.output) - unit(contestants[0].output))
            if not apart < 1e-4:
                sys.exit(f"{one.name}: its embedding is {apart} from visavis'")
        times = {one.name: [] for one in contestants}
        for _ in range(options.rounds):
            for one in contestants:
                times[one.name] += one.embed(options.crops)
    ours = statistics.median(times["visavis"])
    for name, milliseconds in times.items():
        low, median, high = statistics.quantiles(milliseconds, n=4)
        print(f"{median:8.2f} ms ({low:.2f} to {high:.2f}); visavis / this: {ours / median:.2f}: {name}")


if __name__ == "__main__":
    main()
