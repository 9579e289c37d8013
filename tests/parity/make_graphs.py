#!/usr/bin/python3
"""make_graphs.py FOLDER: small ONNX graphs, one or more for every operator that the importer takes and for
every form that opsets 6 to 20 know of it, and some that it must refuse. Writes FOLDER/NAME.onnx and
FOLDER/graphs.json: [{"name", "input": [dims], "low", "high", "refused": regular expression or null,
"tolerance", "runs": whether onnxruntime-web runs it}]. The numbers are the same every time. Needs Debian's python3-onnx; ends
with code 77 where there is none."""
import json
import sys
from pathlib import Path

try:
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper
except ImportError as error:
    print(f"no ONNX here: {error}")
    sys.exit(77)

IMAGE = (1, 3, 8, 10)


class Graph:
    """A graph under construction. Nodes are named after their operator and number."""

    made = []

    def __init__(self, name, opset=13, input=IMAGE, low=-2.0, high=2.0, refused=None, tolerance=1e-5,
                 input_type=TensorProto.FLOAT, runs=True):
        self.name, self.opset, self.dims = name, opset, list(input)
        self.low, self.high, self.refused, self.tolerance = low, high, refused, tolerance
        self.runs = runs
        self.random = np.random.default_rng(sum(map(ord, name)))
        self.nodes, self.weights = [], []
        self.input = helper.make_tensor_value_info("x", input_type, self.dims)
        Graph.made.append(self)

    def constant(self, values, dtype=np.float32):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.array(values, dtype=dtype), name))
        return name

    def ints(self, *values):
        return self.constant(values, np.int64)

    def random_weights(self, *shape, low=-1.0, high=1.0):
        return self.constant(self.random.uniform(low, high, shape))

    def __call__(self, op, *inputs, outputs=1, domain="", **attributes):
        number = len(self.nodes)
        names = [f"v{number}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, name=f"{op}_{number}", domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def conv(self, x="x", cin=3, cout=4, kernel=3, pads=None, **attributes):
        pads = [kernel // 2] * 4 if pads is None else pads
        return self("Conv", x, self.random_weights(cout, cin // attributes.get("group", 1), kernel, kernel),
                    self.random_weights(cout), pads=pads, **attributes)

    def out(self, *names):
        self.outputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in names]
        return self

    def write(self, folder):
        graph = helper.make_graph(self.nodes, self.name, [self.input], self.outputs, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], producer_name="graphs")
        model.ir_version = min(model.ir_version, 8) if self.opset >= 9 else 3
        if model.ir_version == 3:  # Old files list their weights among the inputs.
            for weight in self.weights:
                graph.input.append(helper.make_tensor_value_info(weight.name, weight.data_type, list(weight.dims)))
            model.graph.CopyFrom(graph)
        (folder / f"{self.name}.onnx").write_bytes(model.SerializeToString())
        return {"name": self.name, "input": self.dims, "low": self.low, "high": self.high, "refused": self.refused,
                "tolerance": self.tolerance, "runs": self.runs}


def unary():
    plain = ["Relu", "Sigmoid", "Tanh", "Abs", "Neg", "Exp", "Softplus", "Softsign", "Sign", "Ceil", "Floor", "Elu",
             "Selu", "LeakyRelu", "HardSigmoid", "Identity", "Dropout"]
    for op in plain:
        g = Graph(f"act_{op}")
        g.out(g(op, g.conv()))
        g = Graph(f"act_{op}_on_input_and_features")
        g.out(g(op, g("Flatten", g(op, "x"))))
    for op, attributes in [("Elu", {"alpha": 0.3}), ("Selu", {"alpha": 1.1, "gamma": 0.7}), ("LeakyRelu", {"alpha": 0.3}),
                           ("HardSigmoid", {"alpha": 0.3, "beta": 0.4}), ("ThresholdedRelu", {"alpha": 0.5}),
                           ("Celu", {"alpha": 0.7})]:
        g = Graph(f"act_{op}_attributes", opset=12)
        g.out(g(op, g.conv(), **attributes))
    for op in ["Sqrt", "Log", "Reciprocal"]:
        g = Graph(f"positive_{op}", low=0.1, high=4)
        g.out(g(op, "x"))
    for opset in [14, 18]:
        g = Graph(f"hardswish_node_{opset}", opset=opset)
        g.out(g("HardSwish", g.conv()))
    g = Graph("round", opset=11)
    g.out(g("Round", "x"))
    g = Graph("gelu_20", opset=20)
    g.out(g("Gelu", g.conv()))
    g = Graph("gelu_tanh_20", opset=20)
    g.out(g("Gelu", g.conv(), approximate="tanh"))
    g = Graph("mish_18", opset=18)
    g.out(g("Mish", g.conv()))


def clips():
    for low, high, text in [(0.0, 6.0, "relu6"), (-0.5, 0.7, "both"), (None, 0.7, "max_only"), (0.3, None, "min_only")]:
        g = Graph(f"clip_6_{text}", opset=6)
        attributes = {k: v for k, v in (("min", low), ("max", high)) if v is not None}
        g.out(g("Clip", g.conv(), **attributes))
        for opset in [11, 13]:
            g = Graph(f"clip_{opset}_{text}", opset=opset)
            names = [g.constant(v) if v is not None else "" for v in (low, high)]
            g.out(g("Clip", g.conv(), *names))
    g = Graph("clip_constant_node", opset=13)
    limit = g("Constant", value=numpy_helper.from_array(np.array(0.25, np.float32)))
    g.out(g("Clip", g.conv(), limit))
    g = Graph("clip_of_cast_constant", opset=13)
    limit = g("Cast", g.constant(6, np.int64), to=TensorProto.FLOAT)
    g.out(g("Clip", g.conv(), g.constant(0.0), limit))
    g = Graph("clip_twice_apart")
    g.out(g("Clip", g("Clip", g.conv(), g.constant(0.0), g.constant(1.0)), g.constant(0.5), g.constant(3.0)))
    g = Graph("relu6_by_two_relus")
    c = g.conv()
    g.out(g("Sub", g("Relu", c), g("Relu", g("Sub", c, g.constant(1.0)))))
    g = Graph("clip_without_limits")
    g.out(g("Clip", g.conv()))


def exploded():
    for div, name in [(True, "div"), (False, "mul")]:
        g = Graph(f"hardswish_exploded_{name}")
        c = g.conv()
        gate = g("Clip", g("Add", c, g.constant(3.0)), g.constant(0.0), g.constant(6.0))
        product = g("Mul", c, gate)
        g.out(g("Div", product, g.constant(6.0)) if div else g("Mul", product, g.constant(1 / 6)))
        g = Graph(f"hardsigmoid_exploded_{name}")
        c = g.conv()
        gate = g("Clip", g("Add", g.constant(3.0), c), g.constant(0.0), g.constant(6.0))
        gate = g("Div", gate, g.constant(6.0)) if div else g("Mul", gate, g.constant(1 / 6))
        g.out(g("Mul", gate, c))
    g = Graph("silu")
    c = g.conv()
    g.out(g("Mul", c, g("Sigmoid", c)))
    g = Graph("l2_by_parts")
    f = g("Flatten", g.conv())
    norm = g("Sqrt", g("ReduceSum", g("Mul", f, f), g.ints(1), keepdims=1))
    g.out(g("Div", f, g("Clip", norm, g.constant(1e-12))))
    g = Graph("l2_by_pow")
    f = g("Flatten", g.conv())
    norm = g("Pow", g("ReduceSum", g("Pow", f, g.constant(2.0)), g.ints(1), keepdims=1), g.constant(0.5))
    g.out(g("Div", f, g("Add", norm, g.constant(1e-10))))
    g = Graph("l2_expand", opset=12)  # torch.nn.functional.normalize
    f = g("Flatten", g.conv())
    norm = g("ReduceL2", f, axes=[1], keepdims=1)
    norm = g("Expand", g("Clip", norm, g.constant(1e-12)), g("Shape", f))
    g.out(g("Div", f, norm))
    g = Graph("l2_per_pixel", opset=12)
    c = g.conv()
    g.out(g("Div", c, g("ReduceL2", c, axes=[1], keepdims=1)))


def arithmetic():
    shapes = {"scalar": (), "one": (1,), "channels": (3, 1, 1), "batch_channels": (1, 3, 1, 1), "row": (10,),
              "column": (8, 1), "plane": (8, 10), "full": (1, 3, 8, 10), "channel_row": (3, 1, 10)}
    for op in ["Add", "Sub", "Mul", "Div"]:
        for text, shape in shapes.items():
            for first in [False, True]:
                g = Graph(f"{op.lower()}_{text}_{'first' if first else 'second'}", low=0.5, high=2)
                w = g.random_weights(*shape, low=0.5, high=2)
                g.out(g(op, *((w, "x") if first else ("x", w))))
    for op in ["Add", "Sub", "Mul", "Div", "Max", "Min"]:
        g = Graph(f"{op.lower()}_two_values")
        a, b = g.conv(), g("Sigmoid", g.conv())
        g.out(g(op, a, g("Add", b, g.constant(0.5))))
        g = Graph(f"{op.lower()}_gate")
        a = g.conv()
        b = g("Sigmoid", g("GlobalAveragePool", a))
        g.out(g(op, a, b))
        g = Graph(f"{op.lower()}_gate_first")
        a = g.conv()
        b = g("Sigmoid", g("GlobalAveragePool", a))
        # A quotient is as exact as its divisor is far from zero.
        g.out(g(op, b, g("Add", g("Abs", a), g.constant(0.5)) if op == "Div" else a))
        g = Graph(f"{op.lower()}_spatial_gate")
        a = g.conv()
        b = g("Sigmoid", g.conv(a, 4, 1))
        b = g("Add", b, g.constant(0.5)) if op == "Div" else b
        g.out(g(op, a, b))
        g = Graph(f"{op.lower()}_row_against_column", opset=11)
        a = g.conv()
        r = g("Sigmoid", g("ReduceMean", a, axes=[2], keepdims=1))
        c = g("Sigmoid", g("ReduceMean", a, axes=[3], keepdims=1))
        g.out(g(op, r, c))
        g = Graph(f"{op.lower()}_features_against_image")
        a = g.conv()
        r = g("Sigmoid", g("Reshape", g("GlobalAveragePool", a), g.ints(4, 1, 1)))
        g.out(g(op, a, r))
    for op in ["Max", "Min"]:
        for text, shape in [("scalar", ()), ("channels", (4, 1, 1)), ("full", (1, 4, 8, 10))]:
            g = Graph(f"{op.lower()}_constant_{text}")
            g.out(g(op, g.conv(), g.random_weights(*shape)))
        g = Graph(f"{op.lower()}_three")
        a = g.conv()
        g.out(g(op, a, g.constant(0.1), g("Neg", a)))
    for op in ["Sum", "Mean"]:
        g = Graph(f"{op.lower()}_three")
        g.out(g(op, g.conv(), g.conv(), g.random_weights(4, 1, 1)))
        g = Graph(f"{op.lower()}_one")
        g.out(g(op, g.conv()))
    for exponent in [0.0, 1.0, 2.0, 3.0, 5.0, 0.5, -1.0, -2.0, -0.5, 1.7]:
        g = Graph(f"pow_{exponent}", low=0.3, high=2)
        g.out(g("Pow", "x", g.constant(exponent)))
    g = Graph("pow_odd_of_negative")
    g.out(g("Pow", "x", g.constant(3.0)))
    g = Graph("add_axis_opset6", opset=6, runs=False)
    g.out(g("Add", "x", g.random_weights(3), broadcast=1, axis=1))
    g = Graph("mul_axis_opset6_two_dims", opset=6, runs=False)
    g.out(g("Mul", "x", g.random_weights(3, 8), broadcast=1, axis=1))
    g = Graph("constant_larger_than_value")
    p = g("GlobalAveragePool", "x")
    g.out(g("Mul", p, g.random_weights(1, 3, 4, 5)))
    g = Graph("normalise_inside", low=0, high=255)
    g.out(g.conv(g("Mul", g("Sub", "x", g.constant(127.5)), g.constant(0.0078125))))
    g = Graph("normalise_inside_by_channel", low=0, high=1)
    g.out(g.conv(g("Div", g("Sub", "x", g.constant(np.array([0.485, 0.456, 0.406]).reshape(3, 1, 1))),
                   g.constant(np.array([0.229, 0.224, 0.225]).reshape(3, 1, 1)))))


def prelus():
    for text, shape in [("c11", (4, 1, 1)), ("1c11", (1, 4, 1, 1)), ("one", (1,)), ("scalar", ()), ("111", (1, 1, 1)),
                        ("row", (10,)), ("column", (8, 1)), ("full", (4, 8, 10))]:
        for opset in [9, 16]:
            g = Graph(f"prelu_{text}_{opset}", opset=opset)
            g.out(g("PRelu", g.conv(), g.random_weights(*shape)))
    g = Graph("prelu_features")
    g.out(g("PRelu", g("Flatten", g.conv()), g.random_weights(320)))
    g = Graph("prelu_one_of_features")
    g.out(g("PRelu", g("Flatten", g.conv()), g.random_weights(1)))
    g = Graph("prelu_opset6", opset=6, runs=False)
    g.out(g("PRelu", g.conv(), g.random_weights(1)))


def windows():
    for text, attributes in {
            "same": dict(pads=[1] * 4), "stride": dict(pads=[1] * 4, strides=[2, 2]),
            "asymmetric": dict(pads=[0, 1, 2, 0]), "dilated": dict(pads=[2] * 4, dilations=[2, 2]),
            "uneven": dict(pads=[1] * 4, strides=[1, 2])}.items():
        for group, cin, cout in [(1, 3, 5), (2, 4, 6), (4, 4, 4), (4, 4, 8)]:
            g = Graph(f"conv_{text}_group{group}_{cout}")
            x = g.conv("x", 3, cin, 1)
            g.out(g.conv(x, cin, cout, 3, group=group, **attributes))
    for mode in ["SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"]:
        for stride in [1, 2, 3]:
            g = Graph(f"conv_{mode.lower()}_{stride}")
            g.out(g("Conv", "x", g.random_weights(4, 3, 4, 4), auto_pad=mode, strides=[stride, stride]))
            g = Graph(f"maxpool_{mode.lower()}_{stride}")
            g.out(g("MaxPool", "x", auto_pad=mode, kernel_shape=[3, 2], strides=[stride, stride]))
            g = Graph(f"averagepool_{mode.lower()}_{stride}")
            g.out(g("AveragePool", "x", auto_pad=mode, kernel_shape=[3, 2], strides=[stride, stride]))
    for op in ["MaxPool", "AveragePool"]:
        for ceil in [0, 1]:
            for kernel, stride, pad in [(2, 2, 0), (3, 2, 1), (3, 2, 0), (3, 1, 1), (1, 2, 0), (2, 3, 0), (3, 3, 1)]:
                for count in [0, 1] if op == "AveragePool" else [0]:
                    extra = {"count_include_pad": count} if count else {}
                    g = Graph(f"{op.lower()}_{kernel}_{stride}_{pad}_ceil{ceil}_count{count}", opset=12, input=(1, 3, 9, 10))
                    g.out(g(op, "x", kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4, ceil_mode=ceil, **extra))
    g = Graph("averagepool_count_asymmetric")
    g.out(g("AveragePool", "x", kernel_shape=[3, 3], pads=[1, 0, 2, 1], strides=[2, 1], count_include_pad=1))
    g = Graph("maxpool_dilated")
    g.out(g("MaxPool", "x", kernel_shape=[3, 3], dilations=[2, 2], pads=[1, 1, 1, 1]))
    g = Graph("averagepool_dilated", opset=19)
    g.out(g("AveragePool", "x", kernel_shape=[3, 3], dilations=[2, 2]))
    g = Graph("maxpool_indices_unused")
    g.out(g("MaxPool", "x", kernel_shape=[2, 2], outputs=2)[0])
    Graph.made[-1].refused = "MaxPool.*indices"
    for op in ["GlobalAveragePool", "GlobalMaxPool"]:
        g = Graph(op.lower())
        g.out(g(op, g.conv()))
    g = Graph("conv1d", input=(1, 3, 8, 10))
    r = g("Reshape", "x", g.ints(1, 24, 10))
    r = g("Conv", r, g.random_weights(6, 24, 3), g.random_weights(6), pads=[1, 1])
    r = g("MaxPool", r, kernel_shape=[2], strides=[2])
    g.out(g("AveragePool", r, kernel_shape=[3], pads=[1, 1]))
    g = Graph("conv_bias_left_out")
    g.out(g("Conv", "x", g.random_weights(4, 3, 2, 2), ""))
    g = Graph("conv_whole_image")
    g.out(g("Conv", "x", g.random_weights(7, 3, 8, 10), g.random_weights(7)))
    g = Graph("squeeze_excitation")
    c = g.conv(cout=8)
    s = g("GlobalAveragePool", c)
    s = g("Relu", g("Conv", s, g.random_weights(2, 8, 1, 1), g.random_weights(2)))
    s = g("HardSigmoid", g("Conv", s, g.random_weights(8, 2, 1, 1), g.random_weights(8)), alpha=1 / 6)
    g.out(g("Mul", c, s))
    g = Graph("squeeze_excitation_by_gemm")
    c = g.conv(cout=8)
    s = g("Reshape", g("GlobalAveragePool", c), g.ints(1, 8))
    s = g("Relu", g("Gemm", s, g.random_weights(2, 8), g.random_weights(2), transB=1))
    s = g("Sigmoid", g("Gemm", s, g.random_weights(8, 2), g.random_weights(8), transB=1))
    g.out(g("Mul", c, g("Reshape", s, g.ints(1, 8, 1, 1))))


def normalisations():
    for opset in [6, 7, 9, 14, 15]:
        g = Graph(f"batchnorm_{opset}", opset=opset, runs=opset > 6)
        w = [g.random_weights(4) for _ in range(3)]
        g.out(g("BatchNormalization", g.conv(), *w, g.random_weights(4, low=0.5, high=2), epsilon=1e-3,
                **({"is_test": 1} if opset == 6 else {})))
    g = Graph("batchnorm_on_input")
    g.out(g.conv(g("BatchNormalization", "x", *[g.random_weights(3) for _ in range(3)], g.random_weights(3, low=0.5, high=2))))
    g = Graph("batchnorm_features")
    f = g("Flatten", "x")
    g.out(g("BatchNormalization", f, *[g.random_weights(240) for _ in range(3)], g.random_weights(240, low=0.5, high=2)))
    g = Graph("batchnorm_3d")
    f = g("Reshape", "x", g.ints(1, 24, 10))
    g.out(g("BatchNormalization", f, *[g.random_weights(24) for _ in range(3)], g.random_weights(24, low=0.5, high=2)))
    g = Graph("batchnorm_training", refused="BatchNormalization.*evaluation mode", opset=14)
    g.out(g("BatchNormalization", "x", *[g.random_weights(3) for _ in range(3)], g.random_weights(3, low=0.5, high=2),
            training_mode=1, outputs=3)[0])
    g = Graph("instancenorm")
    g.out(g("InstanceNormalization", g.conv(), g.random_weights(4), g.random_weights(4)))
    g = Graph("groupnorm_as_torch_exports")
    c = g.conv(cout=8)
    r = g("Reshape", c, g.ints(0, 2, -1))
    r = g("InstanceNormalization", r, g.constant([1.0, 1.0]), g.constant([0.0, 0.0]))
    r = g("Reshape", r, g("Shape", c))
    g.out(g("Add", g("Mul", r, g.random_weights(8, 1, 1)), g.random_weights(8, 1, 1)))
    g = Graph("layernorm_17", opset=17)
    g.out(g("LayerNormalization", g("Flatten", g.conv()), g.random_weights(320), g.random_weights(320)))
    g = Graph("layernorm_by_parts", opset=12)
    f = g("Reshape", g.conv(), g.ints(1, 4, 80))
    d = g("Sub", f, g("ReduceMean", f, axes=[-1]))
    v = g("ReduceMean", g("Pow", d, g.constant(2.0)), axes=[-1])
    n = g("Div", d, g("Sqrt", g("Add", v, g.constant(1e-5))))
    g.out(g("Add", g("Mul", n, g.random_weights(80)), g.random_weights(80)))
    for size in [3, 4]:
        g = Graph(f"lrn_{size}", runs=size % 2 == 1)
        g.out(g("LRN", g.conv(cout=6), size=size, alpha=0.2, beta=0.6, bias=1.5))
    for axis, p in [(-1, 2), (1, 2), (1, 1)]:
        g = Graph(f"lpnormalization_{axis}_{p}")
        g.out(g("LpNormalization", g("Flatten", g.conv()), axis=axis, p=p))
    g = Graph("lpnormalization_channels")
    g.out(g("LpNormalization", g.conv(), axis=1))
    for op in ["Softmax", "LogSoftmax"]:
        for opset in [11, 13]:
            for axis in [1, -1, 2]:
                g = Graph(f"{op.lower()}_{opset}_axis{axis}", opset=opset)
                g.out(g(op, g.conv(), axis=axis))
            g = Graph(f"{op.lower()}_{opset}_features", opset=opset)
            g.out(g(op, g("Flatten", g.conv())))


def reductions():
    for op in ["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp"]:
        for axes in [[2, 3], [1], [3], [1, 2, 3], [-1, -2], [1, 3]]:
            for keep in [0, 1]:
                g = Graph(f"{op.lower()}_{''.join(map(str, axes))}_{keep}", opset=12)
                g.out(g(op, g.conv(), axes=axes, keepdims=keep))
        g = Graph(f"{op.lower()}_18", opset=18)
        g.out(g(op, g.conv(), g.ints(2, 3), keepdims=0))
        g = Graph(f"{op.lower()}_all", opset=12)
        g.out(g(op, g.conv()))
    g = Graph("reducesum_13", opset=13)
    g.out(g("ReduceSum", g.conv(), g.ints(1)))
    g = Graph("reducesum_13_noop", opset=13)
    g.out(g("ReduceSum", g.conv(), noop_with_empty_axes=1))
    g = Graph("reducelogsum", low=0.1, high=2, opset=12)
    g.out(g("ReduceLogSum", "x", axes=[1]))
    g = Graph("reduceprod", opset=12, refused="ReduceProd.*not supported")
    g.out(g("ReduceProd", "x", axes=[1]))


def shapes():
    for text, target in {"flat": (1, -1), "rank1": (-1,), "rank3": (0, 3, -1), "split_channels": (1, 1, 3, 8, 10),
                         "odd": (1, 5, 6, 8), "rows": (-1, 10), "six": (1, 3, 2, 4, 5, 2)}.items():
        g = Graph(f"reshape_{text}")
        g.out(g("Reshape", "x", g.ints(*target)))
        g = Graph(f"reshape_{text}_of_conv")
        g.out(g("Relu", g("Reshape", g.conv(cout=3), g.ints(*target))))
    g = Graph("reshape_opset1_attribute", opset=5, runs=False)
    g("Relu", "x")
    g.out(g("Flatten", g("Relu", "x")))
    for axis in [0, 1, 2, 3, 4, -1]:
        g = Graph(f"flatten_{axis}")
        g.out(g("Flatten", g.conv(), axis=axis))
    for perm in [(0, 2, 3, 1), (0, 3, 1, 2), (0, 1, 3, 2), (0, 3, 2, 1), (0, 2, 1, 3), (2, 3, 0, 1)]:
        g = Graph(f"transpose_{''.join(map(str, perm))}")
        g.out(g("Transpose", g.conv(), perm=perm))
    g = Graph("transpose_default")
    g.out(g("Transpose", g.conv()))
    g = Graph("channel_shuffle")
    c = g.conv(cout=8)
    r = g("Reshape", c, g.ints(1, 2, 4, 8, 10))
    r = g("Reshape", g("Transpose", r, perm=[0, 2, 1, 3, 4]), g.ints(1, 8, 8, 10))
    g.out(g.conv(r, 8, 3))
    g = Graph("pixel_shuffle_by_parts")
    r = g("Reshape", g.conv(cout=8), g.ints(1, 2, 2, 2, 8, 10))
    g.out(g("Reshape", g("Transpose", r, perm=[0, 1, 4, 2, 5, 3]), g.ints(1, 2, 16, 20)))
    for mode in ["DCR", "CRD"]:
        g = Graph(f"depthtospace_{mode.lower()}")
        g.out(g("DepthToSpace", g.conv(cout=8), blocksize=2, mode=mode))
    g = Graph("spacetodepth")
    g.out(g.conv(g("SpaceToDepth", "x", blocksize=2), 12, 4))
    for opset in [11, 13]:
        g = Graph(f"squeeze_unsqueeze_{opset}", opset=opset)
        p = g("GlobalAveragePool", g.conv())
        s = g("Squeeze", p, g.ints(2, 3)) if opset == 13 else g("Squeeze", p, axes=[2, 3])
        u = g("Unsqueeze", s, g.ints(0, -1)) if opset == 13 else g("Unsqueeze", s, axes=[0, 3])
        g.out(g("Relu", u))
    g = Graph("squeeze_without_axes")
    g.out(g("Squeeze", g("GlobalAveragePool", g.conv())))
    for axis in [1, 2, 3, -1]:
        g = Graph(f"concat_axis{axis}")
        a, b = g.conv(), g.conv()
        g.out(g("Concat", a, b, g("Relu", a), axis=axis))
    g = Graph("concat_flattened_of_two_sizes")
    a, b = g("Flatten", g.conv()), g("Flatten", g("MaxPool", "x", kernel_shape=[2, 2], strides=[2, 2]))
    g.out(g("Gemm", g("Concat", a, b, axis=1), g.random_weights(380, 3)))
    for text, shape, axis in [("channels", (1, 2, 8, 10), 1), ("rows", (1, 4, 1, 10), 2)]:
        g = Graph(f"concat_constant_{text}")
        a = g.conv()
        g.out(g("Concat", g.random_weights(*shape), a, g.random_weights(*shape), g("Relu", a), axis=axis))
    g = Graph("concat_zeros")
    g.out(g("Concat", g.conv(), g("ConstantOfShape", g.ints(1, 2, 8, 10)), axis=1))
    g = Graph("concat_one")
    g.out(g("Concat", g.conv(), axis=1))
    for text, arguments in {"channels": ([1], [3], [1], [1]), "rows": ([2], [6], [2], [1]), "negative": ([-3], [-1], [-1], [1]),
                            "steps": ([0, 1], [8, 10], [2, 3], [2, 3]), "backward": ([-1], [-99], [3], [-1]),
                            "far": ([1], [2**63 - 1], [3], [1])}.items():
        g = Graph(f"slice_{text}")
        g.out(g("Slice", g.conv(), *[g.ints(*a) for a in arguments]))
    g = Graph("slice_9", opset=9)
    g.out(g("Slice", g.conv(), starts=[1, 2], ends=[3, 7], axes=[1, 3]))
    g = Graph("focus")
    parts = []
    for y in range(2):
        for x in range(2):
            rows = g("Slice", "x", g.ints(y), g.ints(2**31 - 1), g.ints(2), g.ints(2))
            parts.append(g("Slice", rows, g.ints(x), g.ints(2**31 - 1), g.ints(3), g.ints(2)))
    g.out(g.conv(g("Concat", *parts, axis=1), 12, 4))
    for opset in [11, 13]:
        g = Graph(f"split_{opset}", opset=opset)
        sizes = {"split": [1, 3]} if opset == 11 else {}
        a, b = g("Split", g.conv(), *([g.ints(1, 3)] if opset == 13 else []), axis=1, outputs=2, **sizes)
        g.out(g("Sub", g("Relu", b), a))
    g = Graph("split_equal", opset=12)
    a, b = g("Split", g.conv(), axis=-1, outputs=2)
    g.out(g("Max", a, b))
    g = Graph("split_18_uneven", opset=18)
    parts = g("Split", g.conv(), axis=3, num_outputs=3, outputs=3)
    g.out(*parts)
    for text, indices, axis in [("some", [2, 0, 3], 1), ("run", [1, 2], 1), ("one", 2, 1), ("negative", [-1, 0], 3),
                                ("table", [[0, 1], [3, 2]], 1)]:
        g = Graph(f"gather_{text}")
        g.out(g("Gather", g.conv(), g.constant(indices, np.int64), axis=axis))
    g = Graph("expand")
    g.out(g("Expand", g("GlobalAveragePool", g.conv()), g.ints(1, 1, 5, 6)))
    g = Graph("tile")
    g.out(g("Tile", g.conv(), g.ints(1, 2, 1, 3)))
    for text, dims in [("spatial", (0, 0, 1, 2, 0, 0, 3, 1)), ("channels", (0, 1, 0, 0, 0, 2, 0, 0)), ("all", (0, 1, 1, 1, 0, 1, 1, 1)),
                       ("crop", (0, 0, -1, 0, 0, 0, 0, -2))]:
        for value in [None, 0.75]:
            g = Graph(f"pad_{text}_{value}")
            g.out(g("Pad", g.conv(), g.ints(*dims), *([g.constant(value)] if value else [])))
        g = Graph(f"pad_{text}_then_conv")
        channels = 3 + dims[1] + dims[5]
        g.out(g.conv(g("Pad", "x", g.ints(*dims)), channels, 4, strides=[2, 2]))
    for mode in ["reflect", "edge"]:
        g = Graph(f"pad_{mode}")
        g.out(g("Pad", g.conv(), g.ints(0, 0, 2, 1, 0, 0, 3, 2), mode=mode))
    g = Graph("pad_2_attribute", opset=9)
    g.out(g("Pad", g.conv(), pads=[0, 0, 1, 1, 0, 0, 1, 1], value=0.5))
    g = Graph("pad_18_axes", opset=18)
    g.out(g("Pad", g.conv(), g.ints(1, 2), g.constant(0.0), g.ints(3)))
    g = Graph("pad_minus_infinity_then_pool")
    g.out(g("MaxPool", g("Pad", "x", g.ints(0, 0, 1, 1, 0, 0, 1, 1), g.constant(-np.inf)), kernel_shape=[3, 3], strides=[2, 2]))


def resizes():
    for mode in ["nearest", "linear"]:
        g = Graph(f"upsample_9_{mode}", opset=9)
        g.out(g("Upsample", g.conv(), g.constant([1.0, 1.0, 2.0, 2.0]), mode=mode))
        g = Graph(f"upsample_7_{mode}", opset=7)
        g.out(g("Upsample", g.conv(), scales=[1.0, 1.0, 2.0, 3.0], mode=mode))
        g = Graph(f"resize_10_{mode}", opset=10)
        g.out(g("Resize", g.conv(), g.constant([1.0, 1.0, 2.0, 2.0]), mode=mode))
        g = Graph(f"resize_10_{mode}_down", opset=10)
        g.out(g("Resize", g.conv(), g.constant([1.0, 1.0, 0.5, 0.5]), mode=mode))
        for coordinates in ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"]:
            for text, scales in [("twice", [1.0, 1.0, 2.0, 2.0]), ("half", [1.0, 1.0, 0.5, 0.5]), ("odd", [1.0, 1.0, 1.5, 2.6])]:
                g = Graph(f"resize_13_{mode}_{coordinates}_{text}", opset=13)
                g.out(g("Resize", g.conv(), "", g.constant(scales), mode=mode, coordinate_transformation_mode=coordinates))
            g = Graph(f"resize_13_{mode}_{coordinates}_sizes", opset=13)
            g.out(g("Resize", g.conv(), "", "", g.ints(1, 4, 16, 15), mode=mode, coordinate_transformation_mode=coordinates))
    for rounding in ["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"]:
        g = Graph(f"resize_nearest_{rounding}", opset=13)
        g.out(g("Resize", g.conv(), "", g.constant([1.0, 1.0, 1.5, 0.6]), mode="nearest", nearest_mode=rounding,
                coordinate_transformation_mode="asymmetric"))
    g = Graph("resize_as_torch_exports", opset=11)  # interpolate(scale_factor=2, mode="nearest")
    g.out(g("Resize", g.conv(), g.constant([]), g.constant([1.0, 1.0, 2.0, 2.0]), mode="nearest", nearest_mode="floor",
            coordinate_transformation_mode="asymmetric", cubic_coeff_a=-0.75))
    g = Graph("resize_cubic", opset=13)
    g.out(g("Resize", g.conv(), "", g.constant([1.0, 1.0, 2.0, 2.0]), mode="cubic"))
    g = Graph("resize_18_axes", opset=18)
    g.out(g("Resize", g.conv(), "", g.constant([2.0, 2.0]), mode="nearest", axes=[2, 3],
            coordinate_transformation_mode="asymmetric", nearest_mode="floor"))
    g = Graph("resize_to_the_shape_of_another", opset=13)
    c = g.conv()
    small = g("MaxPool", c, kernel_shape=[2, 2], strides=[2, 2])
    target = g("Slice", g("Shape", c), g.ints(2), g.ints(4), g.ints(0))
    target = g("Concat", g("Slice", g("Shape", small), g.ints(0), g.ints(2), g.ints(0)), target, axis=0)
    g.out(g("Add", c, g("Resize", small, "", "", target, mode="nearest")))
    g = Graph("resize_crop", opset=13, refused="Resize.*tf_crop_and_resize")
    g.out(g("Resize", "x", g.constant([0, 0, 0, 0, 1, 1, 1, 1]), g.constant([1.0, 1.0, 2.0, 2.0]), mode="linear",
            coordinate_transformation_mode="tf_crop_and_resize"))


def dense():
    for text, attributes, shape in [("plain", {}, (320, 5)), ("transB", {"transB": 1}, (5, 320)),
                                    ("alpha_beta", {"transB": 1, "alpha": 0.5, "beta": 2.0}, (5, 320))]:
        for bias in [None, (5,), (1, 5), (), (1,)]:
            g = Graph(f"gemm_{text}_{'none' if bias is None else 'x'.join(map(str, bias)) or 'scalar'}")
            f = g("Flatten", g.conv())
            g.out(g("Gemm", f, g.random_weights(*shape), *([g.random_weights(*bias)] if bias is not None else []), **attributes))
    g = Graph("gemm_transA")
    f = g("Reshape", g.conv(), g.ints(320, 1))
    g.out(g("Gemm", f, g.random_weights(320, 5), g.random_weights(5), transA=1))
    g = Graph("gemm_rows")
    f = g("Reshape", g.conv(), g.ints(16, 20))
    g.out(g("Gemm", f, g.random_weights(20, 5), g.random_weights(16, 5)))
    g = Graph("gemm_constant_first")
    f = g("Reshape", g.conv(), g.ints(16, 20))
    g.out(g("Gemm", g.random_weights(3, 16), f, g.random_weights(20)))
    g = Graph("matmul_features")
    g.out(g("Add", g("MatMul", g("Flatten", g.conv()), g.random_weights(320, 5)), g.random_weights(5)))
    g = Graph("matmul_last_dimension_of_image")
    g.out(g("MatMul", g.conv(), g.random_weights(10, 7)))
    g = Graph("matmul_tokens")
    t = g("Transpose", g("Reshape", g.conv(), g.ints(1, 4, 80)), perm=[0, 2, 1])
    g.out(g("Add", g("MatMul", t, g.random_weights(4, 6)), g.random_weights(6)))
    g = Graph("matmul_constant_first")
    g.out(g("MatMul", g.random_weights(5, 8), g.conv()))
    g = Graph("matmul_vector")
    g.out(g("MatMul", g("Reshape", g.conv(), g.ints(320)), g.random_weights(320, 5)))
    g = Graph("matmul_by_vector")
    g.out(g("MatMul", g.conv(), g.random_weights(10)))
    g = Graph("matmul_computed", refused="MatMul.*two computed matrices")
    a = g.conv()
    g.out(g("MatMul", a, g("Transpose", a, perm=[0, 1, 3, 2])))
    g = Graph("gemm_of_folded_weights")
    w = g("Transpose", g("Mul", g.random_weights(5, 320), g.constant(0.5)), perm=[1, 0])
    g.out(g("Gemm", g("Flatten", g.conv()), w))


def constants():
    """Constant subgraphs: of shapes, of weights, of both."""
    g = Graph("fold_shape_arithmetic")
    shape = g("Shape", g.conv())
    batch = g("Gather", shape, g.constant(0, np.int64))
    rest = g("ReduceProd", g("Slice", shape, g.ints(1), g.ints(4)), keepdims=0)
    target = g("Concat", g("Unsqueeze", batch, g.ints(0)), g("Unsqueeze", rest, g.ints(0)), axis=0)
    g.out(g("Reshape", "v0_0", target))
    g = Graph("fold_scaled_size", opset=11)  # interpolate(scale_factor=1.5) of older PyTorch
    c = g.conv()
    sizes = []
    for axis in [2, 3]:
        size = g("Cast", g("Gather", g("Shape", c), g.constant(axis, np.int64)), to=TensorProto.FLOAT)
        size = g("Floor", g("Mul", size, g.constant(1.5)))
        sizes.append(g("Unsqueeze", g("Cast", size, to=TensorProto.INT64), axes=[0]))
    kept = g("Slice", g("Shape", c), g.ints(0), g.ints(2), g.ints(0))
    g.out(g("Resize", c, g.constant([]), g.constant([]), g("Concat", kept, *sizes, axis=0), mode="linear",
            coordinate_transformation_mode="pytorch_half_pixel"))
    g = Graph("fold_range_and_where")
    numbers = g("Range", g.constant(0, np.int64), g.constant(3, np.int64), g.constant(1, np.int64))
    odd = g("Mod", numbers, g.constant(2, np.int64))
    mask = g("Where", g("Equal", odd, g.constant(1, np.int64)), g.constant(-1.0), g.constant(2.0))
    g.out(g("Mul", "x", g("Reshape", mask, g.ints(3, 1, 1))))
    g = Graph("fold_weight_normalisation", opset=12)  # torch.nn.utils.weight_norm
    w = g.random_weights(4, 3, 3, 3)
    norm = g("ReduceL2", w, axes=[1, 2, 3], keepdims=1)
    g.out(g("Conv", "x", g("Mul", g("Div", w, norm), g.random_weights(4, 1, 1, 1)), pads=[1] * 4))
    g = Graph("fold_weight_transposed")
    w = g("Transpose", g.random_weights(3, 3, 3, 4), perm=[3, 2, 0, 1])
    g.out(g("Conv", "x", w, g("Squeeze", g.random_weights(1, 4), g.ints(0))))
    g = Graph("fold_weight_sliced_and_joined")
    w = g.random_weights(6, 3, 3, 3)
    a = g("Slice", w, g.ints(0), g.ints(2), g.ints(0))
    b = g("Gather", w, g.ints(5, 3), axis=0)
    g.out(g("Conv", "x", g("Concat", a, b, axis=0)))
    g = Graph("fold_half_weights")
    w = g("Cast", g.constant(g.random.uniform(-1, 1, (4, 3, 3, 3)), np.float16), to=TensorProto.FLOAT)
    g.out(g("Conv", "x", w))
    g = Graph("fold_double_weights")
    w = g("Cast", g.constant(g.random.uniform(-1, 1, (4, 3, 3, 3)), np.float64), to=TensorProto.FLOAT)
    g.out(g("Conv", "x", w))
    g = Graph("fold_dequantised_by_hand")
    w = g("Cast", g.constant(g.random.integers(-127, 127, (4, 3, 3, 3)), np.int8), to=TensorProto.FLOAT)
    g.out(g("Conv", "x", g("Mul", w, g.constant(0.01))))
    # onnxruntime-web 1.30 takes the Pad for one of the image, moves it into the Conv and loses the weights.
    g = Graph("fold_tiled_and_padded", runs=False)
    w = g("Tile", g.random_weights(1, 3, 1, 1), g.ints(4, 1, 2, 2))
    g.out(g("Conv", "x", g("Pad", w, g.ints(0, 0, 0, 0, 0, 0, 1, 1))))
    g = Graph("fold_constant_of_shape_and_expand")
    w = g("Expand", g("ConstantOfShape", g.ints(1), value=numpy_helper.from_array(np.array([0.1], np.float32))), g.ints(4, 3, 3, 3))
    g.out(g("Conv", "x", w))
    g = Graph("fold_convolution_of_constants")
    image = g.random_weights(1, 3, 8, 10)
    g.out(g("Add", g.conv(), g("Conv", image, g.random_weights(4, 3, 1, 1))))
    g = Graph("fold_split_weights")
    a, b = g("Split", g.random_weights(8, 3, 3, 3), axis=0, outputs=2)
    g.out(g("Add", g("Conv", "x", a), g("Conv", "x", b)))
    g = Graph("fold_logic")
    choice = g("And", g("Not", g("Less", g.constant(1.0), g.constant(0.5))), g("Greater", g.constant(2.0), g.constant(1.0)))
    g.out(g("Add", "x", g("Cast", choice, to=TensorProto.FLOAT)))
    g = Graph("unused_tensors_of_every_type")
    for dtype in [np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.uint64, np.bool_, np.float64, np.complex64]:
        g.constant([1, 2], dtype)
    g.weights.append(helper.make_tensor("words", TensorProto.STRING, [1], [b"text"]))
    g.out(g.conv())
    g = Graph("dropout_12_with_inputs", opset=12)
    g.out(g("Dropout", g.conv(), g.constant(0.5), g.constant(False, np.bool_)))
    g = Graph("dropout_6", opset=6, runs=False)
    g.out(g("Dropout", g.conv(), ratio=0.4))


def odd():
    g = Graph("cast_float_to_float")
    g.out(g("Cast", g("Cast", g.conv(), to=TensorProto.DOUBLE), to=TensorProto.FLOAT))
    for to, text in [(TensorProto.INT32, "int32"), (TensorProto.INT64, "int64"), (TensorProto.UINT8, "uint8"),
                     (TensorProto.BOOL, "bool"), (TensorProto.FLOAT16, "float16")]:
        g = Graph(f"cast_computed_to_{text}", refused=f"Cast.*Cast_1.*{text}")
        g.out(g("Cast", g("Cast", g.conv(), to=to), to=TensorProto.FLOAT))
    g = Graph("where_on_a_computed_condition", refused="(Greater|Where).*not supported")
    c = g.conv()
    g.out(g("Where", g("Greater", c, g.constant(0.0)), c, g.constant(0.0)))
    g = Graph("argmax", refused="ArgMax.*not supported")
    g.out(g("ArgMax", g.conv(), axis=1))
    g = Graph("foreign_domain", refused="com.example.Relu")
    g.out(g("Relu", "x", domain="com.example"))
    g = Graph("nan_weight", refused="Conv_0.*w0.*not finite")
    w = np.ones((4, 3, 3, 3), np.float32)
    w[1, 2, 0, 1] = np.nan
    g.out(g("Conv", "x", g.constant(w)))
    g = Graph("division_by_zero_weight", refused="Div_0.*not finite")
    g.out(g("Div", "x", g.constant([[[1.0]], [[0.0]], [[2.0]]])))
    g = Graph("text_weight", refused="Conv_0.*'words'")
    g.weights.append(helper.make_tensor("words", TensorProto.STRING, [1], [b"text"]))
    g.out(g("Conv", "x", "words"))
    g = Graph("reshape_overflow", refused="Reshape.*make no sense")
    g.out(g("Reshape", "x", g.ints(2**32, 2**32, -1)))
    g = Graph("reshape_two_open", refused="Reshape.*make no sense")
    g.out(g("Reshape", "x", g.ints(-1, -1)))
    g = Graph("output_is_constant", refused="does not depend on the input")
    g.out(g("Neg", g.constant([1.0])))
    g = Graph("output_is_input")
    g.out(g("Identity", "x"))
    g = Graph("two_outputs_of_one_value")
    c = g.conv()
    g.out(c, g("Identity", c))
    g = Graph("several_outputs")
    c = g.conv()
    g.out(c, g("Flatten", c), g("Transpose", c, perm=[0, 2, 3, 1]), g("GlobalAveragePool", c))
    g = Graph("channels_last_input", input=(1, 8, 10, 3))
    t = g("Transpose", g("Mul", "x", g.constant([1.0, 2.0, 3.0])), perm=[0, 3, 1, 2])
    g.out(g("Transpose", g.conv(t), perm=[0, 2, 3, 1]))
    g = Graph("channels_last_flattened", input=(1, 8, 10, 3))
    g.out(g("MatMul", g("Reshape", "x", g.ints(1, 240)), g.random_weights(240, 4)))
    g = Graph("grey", input=(1, 1, 12, 9))
    g.out(g("Flatten", g.conv(cin=1)))
    g = Graph("anchors_as_in_detectors")  # SCRFD: the batch moves, and goes
    c = g.conv(cout=8)
    g.out(g("Sigmoid", g("Reshape", g("Transpose", c, perm=[2, 3, 0, 1]), g.ints(-1, 2))))
    g = Graph("anchors_per_level_joined")
    levels = []
    for stride in [1, 2]:
        c = g.conv(cout=6, strides=[stride] * 2)
        levels.append(g("Reshape", g("Transpose", c, perm=[0, 2, 3, 1]), g.ints(1, -1, 3)))
    g.out(g("Softmax", g("Concat", *levels, axis=1), axis=2))
    g = Graph("uint8_input", input_type=TensorProto.UINT8, low=0, high=255)
    g.out(g.conv(g("Cast", "x", to=TensorProto.FLOAT)))
    g = Graph("denormal_weights", tolerance=1e-5)
    w = g.random.uniform(-1, 1, (4, 3, 3, 3)).astype(np.float32)
    w[0] = 1e-39
    w[1, 0] = 1e-20
    g.out(g("Conv", "x", g.constant(w)))


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for make in [unary, clips, exploded, arithmetic, prelus, windows, normalisations, reductions, shapes, resizes, dense,
                 constants, odd]:
        make()
    (folder / "graphs.json").write_text(json.dumps([graph.write(folder) for graph in Graph.made], indent=1))
    names = [graph.name for graph in Graph.made]
    assert len(set(names)) == len(names), "two graphs of one name"
    print(f"{len(names)} graphs of {sum(g.refused is None for g in Graph.made)} that import, "
          f"onnx {onnx.__version__}")


if __name__ == "__main__":
    main()
