"""Training throughput of PyTorch: forward, backward and update of a network of ours.

Usage: python3 train_with_torch.py NETWORK.json [--batch 64] [--threads 2] [--steps 8]
NETWORK.json is what `network_json ARCH HEIGHT WIDTH CHANNELS` prints. Channels-last, batch-hard triplet loss,
SGD with Nesterov momentum. Prints one JSON object: images_per_second (median of the steps after two to warm up),
seconds_per_step of each, and peak_memory_bytes of the process.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import time

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../native/training/network"))
import torch_network as tn  # noqa: E402

WARM_UP = 2
PHOTOS = 4  # Of each person in the batch.


def initial(parameter, generator):
    """He's initialisation, as ours; the figures do not depend on it."""
    name, shape = parameter["name"], parameter["shape"]
    if name.endswith((".scale", ".variance")):
        return torch.ones(shape)
    if name.endswith(".slope"):
        return torch.full(shape, 0.25)
    if not name.endswith(".filter"):
        return torch.zeros(shape)
    values = torch.randn(shape, generator=generator)
    fan_in = shape[0] * shape[1] if len(shape) == 3 else values.numel() // shape[0]
    return values * (2 / fan_in) ** 0.5


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("network")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=8)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with open(options.network) as file:
        described = json.load(file)
    generator = torch.Generator().manual_seed(1)
    network = tn.TorchNetwork(
        described, {p["name"]: initial(p, generator) for p in described["parameters"]})
    images = torch.randn([options.batch] + described["input"], generator=generator)
    images = images.permute(0, 3, 1, 2)  # A view: channels-last in memory.
    labels = torch.arange(options.batch) // PHOTOS
    optimizer = tn.sgd(network.trained(), learning_rate=0.01, decay=5e-4)
    seconds = []
    for _ in range(WARM_UP + options.steps):
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        tn.batch_hard_triplet(network.forward(images), labels, margin=0.3).backward()
        optimizer.step()
        seconds.append(time.perf_counter() - start)
    seconds = seconds[WARM_UP:]
    json.dump({
        "images_per_second": options.batch / statistics.median(seconds),
        "seconds_per_step": seconds,
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "torch": torch.__version__,
    }, sys.stdout)
    print()


if __name__ == "__main__":
    main()
