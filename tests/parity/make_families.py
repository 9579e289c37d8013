#!/usr/bin/python3
"""make_families.py FOLDER: the networks that people export from PyTorch, with random weights and narrow enough to
run in a moment: MobileFaceNet, MobileNetV2 and V3, ResNet-18 and -50 (and the face variants with PReLU), SqueezeNet,
ShuffleNetV2, a detector of YuNet's build, one of SCRFD's. Writes FOLDER/NAME.onnx and FOLDER/graphs.json, as
make_graphs.py. Needs Debian's python3-torch; ends with code 77 where there is none."""
import json
import sys
from pathlib import Path

try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError as error:
    print(f"no PyTorch here: {error}")
    sys.exit(77)


def conv_bn(cin, cout, kernel=3, stride=1, groups=1, act=None, pad=None):
    layers = [nn.Conv2d(cin, cout, kernel, stride, kernel // 2 if pad is None else pad, groups=groups, bias=False), nn.BatchNorm2d(cout)]
    return nn.Sequential(*layers, *([act] if act else []))


class Flatten(nn.Module):
    def forward(self, x):
        return x.view(x.size(0), -1)


class L2(nn.Module):
    def forward(self, x):
        return x / torch.norm(x, 2, 1, True)


class Residual(nn.Module):
    def __init__(self, body):
        super().__init__()
        self.body = body

    def forward(self, x):
        return x + self.body(x)


def mobilefacenet(unit=8):
    """Chen et al. 2018, with the widths divided by 8; as foamliu's and TreB1eN's repositories build it."""
    def bottleneck(cin, cout, stride, expand):
        mid = cin * expand
        body = nn.Sequential(conv_bn(cin, mid, 1, act=nn.PReLU(mid)), conv_bn(mid, mid, 3, stride, mid, nn.PReLU(mid)), conv_bn(mid, cout, 1))
        return Residual(body) if stride == 1 and cin == cout else body
    c, d = unit, 2 * unit
    return nn.Sequential(conv_bn(3, c, 3, 2, act=nn.PReLU(c)), conv_bn(c, c, 3, 1, c, nn.PReLU(c)), bottleneck(c, c, 2, 2), bottleneck(c, c, 1, 2),
                         bottleneck(c, d, 2, 4), bottleneck(d, d, 1, 2), bottleneck(d, d, 2, 4), conv_bn(d, 64, 1, act=nn.PReLU(64)),
                         nn.Conv2d(64, 64, 7, groups=64, bias=False), nn.BatchNorm2d(64), Flatten(), nn.Linear(64, 32, bias=False), nn.BatchNorm1d(32), L2())


def mobilenet_v2():
    """Sandler et al. 2018, torchvision's build."""
    def block(cin, cout, stride, expand):
        mid = cin * expand
        layers = [conv_bn(cin, mid, 1, act=nn.ReLU6(True))] if expand != 1 else []
        body = nn.Sequential(*layers, conv_bn(mid, mid, 3, stride, mid, nn.ReLU6(True)), conv_bn(mid, cout, 1))
        return Residual(body) if stride == 1 and cin == cout else body

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.features = nn.Sequential(conv_bn(3, 8, 3, 2, act=nn.ReLU6(True)), block(8, 8, 1, 1), block(8, 12, 2, 6), block(12, 12, 1, 6),
                                          block(12, 16, 2, 6), conv_bn(16, 32, 1, act=nn.ReLU6(True)))
            self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(32, 10))

        def forward(self, x):
            x = F.adaptive_avg_pool2d(self.features(x), (1, 1))
            return self.classifier(torch.flatten(x, 1))
    return Net()


class SqueezeExcitation(nn.Module):
    def __init__(self, channels, gate):
        super().__init__()
        self.fc1, self.fc2, self.gate = nn.Conv2d(channels, channels // 4, 1), nn.Conv2d(channels // 4, channels, 1), gate

    def forward(self, x):
        s = F.relu(self.fc1(F.adaptive_avg_pool2d(x, 1)))
        return x * self.gate(self.fc2(s))


class HandSwish(nn.Module):
    def forward(self, x):
        return x * F.relu6(x + 3) / 6


def mobilenet_v3(swish=nn.Hardswish, gate=nn.Hardsigmoid):
    """Howard et al. 2019, torchvision's build; and the one that writes its activations by hand."""
    def block(cin, mid, cout, kernel, stride, act, se):
        layers = [conv_bn(cin, mid, 1, act=act()), conv_bn(mid, mid, kernel, stride, mid, act())]
        layers += [SqueezeExcitation(mid, gate())] if se else []
        body = nn.Sequential(*layers, conv_bn(mid, cout, 1))
        return Residual(body) if stride == 1 and cin == cout else body
    return nn.Sequential(conv_bn(3, 8, 3, 2, act=swish()), block(8, 16, 8, 3, 1, nn.ReLU, True), block(8, 24, 12, 5, 2, swish, True),
                         block(12, 36, 12, 5, 1, swish, True), conv_bn(12, 32, 1, act=swish()), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.Linear(32, 48), swish(), nn.Dropout(0.2), nn.Linear(48, 10))


class HandSigmoid(nn.Module):
    def forward(self, x):
        return F.relu6(x + 3) / 6


def resnet(bottleneck, widths=(8, 12, 16)):
    """He et al. 2015, torchvision's build."""
    class Block(nn.Module):
        def __init__(self, cin, cout, stride):
            super().__init__()
            grown = cout * (4 if bottleneck else 1)
            if bottleneck:
                self.body = nn.Sequential(conv_bn(cin, cout, 1, act=nn.ReLU(True)), conv_bn(cout, cout, 3, stride, act=nn.ReLU(True)), conv_bn(cout, grown, 1))
            else:
                self.body = nn.Sequential(conv_bn(cin, cout, 3, stride, act=nn.ReLU(True)), conv_bn(cout, cout, 3))
            self.down = conv_bn(cin, grown, 1, stride) if stride != 1 or cin != grown else nn.Identity()

        def forward(self, x):
            return F.relu(self.body(x) + self.down(x))
    layers, channels = [conv_bn(3, 8, 7, 2, act=nn.ReLU(True)), nn.MaxPool2d(3, 2, 1)], 8
    for stage, width in enumerate(widths):
        for i in range(2):
            layers.append(Block(channels, width, 2 if stage > 0 and i == 0 else 1))
            channels = width * (4 if bottleneck else 1)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(channels, 10))


def face_resnet():
    """ArcFace's IResNet (Deng et al. 2019): normalisation first, PReLU, a flattened image at the end."""
    class Block(nn.Module):
        def __init__(self, cin, cout, stride):
            super().__init__()
            self.body = nn.Sequential(nn.BatchNorm2d(cin), nn.Conv2d(cin, cout, 3, 1, 1, bias=False), nn.BatchNorm2d(cout), nn.PReLU(cout),
                                      nn.Conv2d(cout, cout, 3, stride, 1, bias=False), nn.BatchNorm2d(cout))
            self.down = conv_bn(cin, cout, 1, stride) if stride != 1 or cin != cout else None

        def forward(self, x):
            return self.body(x) + (x if self.down is None else self.down(x))
    return nn.Sequential(conv_bn(3, 8, 3, act=nn.PReLU(8)), Block(8, 8, 2), Block(8, 12, 2), Block(12, 12, 1), nn.BatchNorm2d(12), nn.Dropout(0.4),
                         nn.Flatten(), nn.Linear(12 * 14 * 14, 32), nn.BatchNorm1d(32))


def squeezenet():
    """Iandola et al. 2016: pools that round up, a convolution for a classifier."""
    class Fire(nn.Module):
        def __init__(self, cin, squeeze, expand):
            super().__init__()
            self.squeeze, self.one, self.three = nn.Conv2d(cin, squeeze, 1), nn.Conv2d(squeeze, expand, 1), nn.Conv2d(squeeze, expand, 3, padding=1)

        def forward(self, x):
            x = F.relu(self.squeeze(x))
            return torch.cat([F.relu(self.one(x)), F.relu(self.three(x))], 1)
    return nn.Sequential(nn.Conv2d(3, 8, 3, 2), nn.ReLU(True), nn.MaxPool2d(3, 2, ceil_mode=True), Fire(8, 4, 8), Fire(16, 4, 8),
                         nn.MaxPool2d(3, 2, ceil_mode=True), Fire(16, 6, 12), nn.Dropout(), nn.Conv2d(24, 10, 1), nn.ReLU(True), nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten())


def shufflenet():
    """Ma et al. 2018: halves of the channels, shuffled."""
    class Unit(nn.Module):
        def __init__(self, channels):
            super().__init__()
            half = channels // 2
            self.body = nn.Sequential(conv_bn(half, half, 1, act=nn.ReLU(True)), conv_bn(half, half, 3, 1, half), conv_bn(half, half, 1, act=nn.ReLU(True)))

        def forward(self, x):
            a, b = x.chunk(2, dim=1)
            x = torch.cat((a, self.body(b)), dim=1)
            n, c, h, w = x.size()
            return x.view(n, 2, c // 2, h, w).transpose(1, 2).contiguous().view(n, c, h, w)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(conv_bn(3, 16, 3, 2, act=nn.ReLU(True)), nn.MaxPool2d(3, 2, 1), Unit(16), Unit(16))
            self.fc = nn.Linear(16, 10)

        def forward(self, x):
            return self.fc(self.body(x).mean([2, 3]))
    return Net()


class Detector(nn.Module):
    """A backbone, a pyramid of features added from the top, heads at two strides. `style` yunet: separable
    convolutions, all outputs [1, anchors, n] (Wu et al. 2023). `style` scrfd: group normalisation, a scale to each
    level, outputs [anchors, n] without the batch (Guo et al. 2021)."""
    def __init__(self, style):
        super().__init__()
        self.style, width = style, 16
        self.stem = conv_bn(3, 8, 3, 2, act=nn.ReLU(True))
        self.c3 = nn.Sequential(conv_bn(8, width, 3, 2, act=nn.ReLU(True)), conv_bn(width, width, 3, 2, act=nn.ReLU(True)))
        self.c4 = conv_bn(width, width, 3, 2, act=nn.ReLU(True))
        separable = lambda cout: nn.Sequential(nn.Conv2d(width, width, 1), nn.Conv2d(width, cout, 3, 1, 1, groups=1))
        if style == "scrfd":
            self.tower = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.GroupNorm(4, width), nn.ReLU(True))
            self.scales = nn.Parameter(torch.tensor([1.5, 0.75]))
        else:
            self.tower = nn.Sequential(conv_bn(width, width, 1), nn.ReLU(True))
        anchors = 2 if style == "scrfd" else 1
        self.heads = nn.ModuleList([separable(anchors * n) for n in (1, 4, 10)])

    def forward(self, x):
        c3 = self.c3(self.stem(x))
        c4 = self.c4(c3)
        p3 = c3 + F.interpolate(c4, scale_factor=2.0, mode="nearest") if self.style == "yunet" else c3 + F.interpolate(c4, size=c3.shape[2:], mode="nearest")
        outputs = []
        for level, feature in enumerate([p3, c4]):
            feature = self.tower(feature)
            for head, n in zip(self.heads, (1, 4, 10)):
                y = head(feature)
                if self.style == "scrfd":
                    if n == 4:
                        y = y * self.scales[level]
                    y = y.permute(2, 3, 0, 1).reshape(-1, n)
                else:
                    y = y.permute(0, 2, 3, 1).reshape(y.shape[0], -1, n)
                outputs.append(torch.sigmoid(y) if n == 1 else y)
        return tuple(outputs)


def upsampler():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Conv2d(3, 8, 3, 2, 1), nn.Conv2d(8, 8, 3, 1, 1)

        def forward(self, x):
            y = F.leaky_relu(self.a(x), 0.1)
            y = F.interpolate(y, scale_factor=2, mode="bilinear", align_corners=False)
            return F.interpolate(F.silu(self.b(y)), scale_factor=2, mode="bilinear", align_corners=True)
    return Net()


def randomised(model, seed):
    """Weights and statistics as after some training: none is 0 or 1, outputs stay of the order of 1."""
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in list(model.named_parameters()) + list(model.named_buffers()):
        if not tensor.is_floating_point():
            continue
        noise = torch.rand(tensor.shape, generator=generator)
        if name.endswith("running_var"):
            tensor.data = 0.5 + noise
        elif tensor.dim() > 1:
            tensor.data = (2 * noise - 1) * (3.0 / tensor[0].numel()) ** 0.5
        elif name.endswith("weight"):
            tensor.data = 0.75 + 0.5 * noise
        else:
            tensor.data = 0.4 * noise - 0.2
    return model.eval()


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    families = [("mobilefacenet", mobilefacenet(), 112), ("mobilenet_v2", mobilenet_v2(), 64), ("mobilenet_v3", mobilenet_v3(), 64),
                ("mobilenet_v3_by_hand", mobilenet_v3(HandSwish, HandSigmoid), 64), ("resnet18", resnet(False), 64), ("resnet50", resnet(True), 64),
                ("face_resnet", face_resnet(), 56), ("squeezenet", squeezenet(), 63), ("shufflenet_v2", shufflenet(), 64),
                ("yunet", Detector("yunet"), 64), ("scrfd", Detector("scrfd"), 64), ("upsampler", upsampler(), 32)]
    made = []
    for number, (name, model, side) in enumerate(families):
        randomised(model, number)
        for opset in (9, 11, 13, 16):
            for folding in (True, False):
                file = f"{name}_opset{opset}_{'folded' if folding else 'unfolded'}"
                path = folder / f"{file}.onnx"
                try:
                    torch.onnx.export(model, torch.zeros(1, 3, side, side), str(path), opset_version=opset, do_constant_folding=folding)
                except Exception as error:  # An operator that this opset does not have.
                    print(f"{file}: PyTorch does not export it: {str(error).splitlines()[0][:100]}")
                    path.unlink(missing_ok=True)
                    continue
                made.append({"name": file, "input": [1, 3, side, side], "low": -1, "high": 1, "refused": None,
                             "tolerance": 1e-5, "runs": True})
    (folder / "graphs.json").write_text(json.dumps(made, indent=1))
    print(f"{len(made)} networks, torch {torch.__version__}")


if __name__ == "__main__":
    main()
