"""Steps of training by PyTorch, for network_torch_test.cpp.

Usage: python3 network_with_torch.py FOLDER. FOLDER holds case.json (network, labels, learning_rate, decay,
steps, margin, precisions), parameters.raw and images.raw (float32, our layout, parameters in their order). Written for
each precision, as in float64.losses.raw: losses, one per step; gradients of the first step, zeros where
untrained; parameters after the last step, running statistics among them. All are float64 in our layout.
"""

import json
import os
import sys

import numpy
import torch

import torch_network as tn


def read(path, dtype):
    return torch.from_numpy(numpy.fromfile(path, dtype="<f4")).to(dtype)


def write(path, tensors):
    with open(path, "wb") as file:
        for tensor in tensors:
            file.write(tensor.detach().double().contiguous().numpy().astype("<f8").tobytes())


def split(flat, parameters):
    arrays, at = {}, 0
    for parameter in parameters:
        count = int(numpy.prod(parameter["shape"]))
        arrays[parameter["name"]] = flat[at:at + count].reshape(parameter["shape"])
        at += count
    return arrays


def gradient(parameter):
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad.clone()


def train(folder, case, precision):
    dtype = getattr(torch, precision)
    listed = case["network"]["parameters"]
    arrays = split(read(os.path.join(folder, "parameters.raw"), dtype), listed)
    network = tn.TorchNetwork(case["network"], arrays)
    height, width, channels = case["network"]["input"]
    images = read(os.path.join(folder, "images.raw"), dtype).reshape(-1, height, width, channels)
    images = images.permute(0, 3, 1, 2)  # A view: channels-last in memory.
    labels = torch.tensor(case["labels"])
    optimizer = tn.sgd(network.trained(), case["learning_rate"], case["decay"])
    losses, gradients = [], {}
    for step in range(case["steps"]):
        optimizer.zero_grad()
        loss = tn.batch_hard_triplet(network.forward(images), labels, case["margin"])
        loss.backward()
        losses.append(loss.detach())
        if step == 0:
            gradients = {name: gradient(p) for name, p in network.parameters.items()}
        optimizer.step()
    made = {"gradients": gradients, "parameters": network.parameters}
    write(os.path.join(folder, precision + ".losses.raw"), losses)
    for kind, arrays in made.items():
        write(os.path.join(folder, f"{precision}.{kind}.raw"),
              [tn.to_ours(parameter, arrays[parameter["name"]]) for parameter in listed])


def main():
    folder = sys.argv[1]
    with open(os.path.join(folder, "case.json")) as file:
        case = json.load(file)
    # A second thread gains little here, and on busy processors waiting for it takes 30 times as long.
    torch.set_num_threads(1)
    for precision in case["precisions"]:
        train(folder, case, precision)


if __name__ == "__main__":
    main()
