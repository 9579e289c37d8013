"""A NetworkSpec in PyTorch, for the parity test and the benchmark: built from what network_json.h writes."""

import torch
import torch.nn.functional as F

UNTRAINED = ("mean", "variance")


def to_torch(name, values):
    """Filters [out, kh, kw, in] and [kh, kw, channels] in PyTorch's order; channels-last where 4-D."""
    if name.endswith(".filter") and values.dim() == 4:
        return values.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
    if name.endswith(".filter") and values.dim() == 3:
        return values.permute(2, 0, 1)[:, None].contiguous(memory_format=torch.channels_last)
    return values.clone()


def to_ours(parameter, values):
    """The inverse of to_torch; `parameter` has our name and shape."""
    if values.dim() == 4:
        is_depthwise = len(parameter["shape"]) == 3
        return values[:, 0].permute(1, 2, 0) if is_depthwise else values.permute(0, 2, 3, 1)
    return values


class TorchNetwork:
    """Calls torch.nn.functional layer by layer. Images are [batch, c, h, w] in channels-last memory."""

    def __init__(self, network, arrays):
        """arrays: name to tensor, in our layout."""
        self.layers = network["layers"]
        self.output = network["output"]
        self.parameters = {}
        for name, values in arrays.items():
            self.parameters[name] = to_torch(name, values).requires_grad_(not name.endswith(UNTRAINED))

    def trained(self):
        return {name: p for name, p in self.parameters.items() if p.requires_grad}

    def weight(self, layer, role):
        return self.parameters.get(f"{layer['name']}.{role}")

    def forward(self, images):
        values = [images]
        for layer in self.layers:
            values.append(self.run(layer, [values[i] for i in layer["inputs"]]))
        return values[self.output]

    def run(self, layer, inputs):
        kind, x = layer["kind"], inputs[0]
        if kind in ("convolution", "depthwise convolution"):
            return self.convolve(layer, x)
        if kind == "fully connected":
            return F.linear(flat(x), self.weight(layer, "filter"), self.weight(layer, "bias"))
        if kind == "batch normalization":
            return F.batch_norm(x, self.weight(layer, "mean"), self.weight(layer, "variance"),
                                self.weight(layer, "scale"), self.weight(layer, "shift"),
                                training=True, momentum=0.1, eps=layer["epsilon"])
        if kind == "max pool":
            window = layer["window"]
            assert not any(window["padding"])
            return F.max_pool2d(x, window["kernel"], window["stride"], 0, window["dilation"])
        simple = {
            "relu": lambda: F.relu(x),
            "prelu": lambda: F.prelu(x, self.weight(layer, "slope")),
            "sigmoid": lambda: torch.sigmoid(x),
            "add": lambda: x + inputs[1],
            "flatten": lambda: flat(x),
            "l2 normalize": lambda: F.normalize(flat(x), eps=layer["epsilon"]),
        }
        return simple[kind]()

    def convolve(self, layer, x):
        window = layer["window"]
        left, right, top, bottom = window["padding"]
        padding = (top, left)
        if (left, top) != (right, bottom):
            x, padding = F.pad(x, (left, right, top, bottom)), 0
        groups = x.shape[1] if layer["kind"] == "depthwise convolution" else layer["groups"]
        return F.conv2d(x, self.weight(layer, "filter"), self.weight(layer, "bias"), window["stride"],
                        padding, window["dilation"], groups)


def flat(x):
    """[batch, c, h, w] -> [batch, h * w * c], our order."""
    return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1) if x.dim() == 4 else x


def batch_hard_triplet(embeddings, labels, margin):
    """Hermans et al. 2017: each anchor with its farthest positive and its nearest negative; margin "soft"
    takes softplus for the hinge."""
    with torch.no_grad():
        distances = torch.cdist(embeddings, embeddings, compute_mode="donot_use_mm_for_euclid_dist")
        same = labels[:, None] == labels[None]
        positives = distances.masked_fill(~same, -1).argmax(1)
        negatives = distances.masked_fill(same, float("inf")).argmin(1)
    to_positive = (embeddings - embeddings[positives]).norm(dim=1)
    to_negative = (embeddings - embeddings[negatives]).norm(dim=1)
    gaps = to_positive - to_negative
    return (F.softplus(gaps) if margin == "soft" else F.relu(gaps + margin)).mean()


def sgd(parameters, learning_rate, decay):
    """Nesterov, momentum 0.9; weight decay on filters only, as our trainer has it."""
    filters = [p for name, p in parameters.items() if name.endswith(".filter")]
    others = [p for name, p in parameters.items() if not name.endswith(".filter")]
    groups = [{"params": filters, "weight_decay": decay}, {"params": others, "weight_decay": 0}]
    return torch.optim.SGD(groups, lr=learning_rate, momentum=0.9, nesterov=True)
