"""Steps of training by PyTorch, for network_torch_test.cpp.

Usage: python3 network_with_torch.py FOLDER. FOLDER holds case.json (network, labels, margin, learning_rate,
decay, steps, precision), parameters.raw and images.raw (float32, our layout, parameters in their order);
written are losses.json, one per step, and gradients.raw, those of the first step, zeros where untrained.
"""

import json
import os
import sys

import numpy
import torch

import torch_network as tn


def read(path, dtype):
    return torch.from_numpy(numpy.fromfile(path, dtype="<f4")).to(dtype)


def split(flat, parameters):
    arrays, at = {}, 0
    for parameter in parameters:
        count = int(numpy.prod(parameter["shape"]))
        arrays[parameter["name"]] = flat[at:at + count].reshape(parameter["shape"])
        at += count
    return arrays


def main():
    folder = sys.argv[1]
    with open(os.path.join(folder, "case.json")) as file:
        case = json.load(file)
    torch.set_num_threads(2)
    dtype = getattr(torch, case["precision"])
    listed = case["network"]["parameters"]
    network = tn.TorchNetwork(case["network"],
                              split(read(os.path.join(folder, "parameters.raw"), dtype), listed))
    height, width, channels = case["network"]["input"]
    images = read(os.path.join(folder, "images.raw"), dtype).reshape(-1, height, width, channels)
    images = images.permute(0, 3, 1, 2)  # A view: channels-last in memory.
    labels = torch.tensor(case["labels"])
    optimizer = tn.sgd(network.trained(), case["learning_rate"], case["decay"])
    losses = []
    for step in range(case["steps"]):
        optimizer.zero_grad()
        loss = tn.batch_hard_triplet(network.forward(images), labels, case["margin"])
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            with open(os.path.join(folder, "gradients.raw"), "wb") as file:
                for parameter in listed:
                    p = network.parameters[parameter["name"]]
                    gradient = torch.zeros_like(p) if p.grad is None else p.grad
                    ours = tn.to_ours(parameter, gradient)
                    file.write(ours.contiguous().numpy().astype("<f4").tobytes())
        optimizer.step()
    with open(os.path.join(folder, "losses.json"), "w") as file:
        json.dump(losses, file)


if __name__ == "__main__":
    main()
