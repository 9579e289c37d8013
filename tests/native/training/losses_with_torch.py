"""Losses and gradients by PyTorch, for losses_torch_test.cpp.

Usage: python3 losses_with_torch.py CASES.json RESULTS.json. A case holds the name of a loss, its options,
embeddings (a list of rows), labels and, for episodes, is_query; a result holds loss and gradient. All in double.
"""

import json
import sys

import torch
import torch.nn.functional as F


def mine(case, distances, labels):
    """Anchors, positives and negatives, one trio each; ties do not occur among random numbers."""
    trios = []
    rows = range(len(labels))
    for anchor in rows:
        positives = [i for i in rows if i != anchor and labels[i] == labels[anchor]]
        negatives = [i for i in rows if labels[i] != labels[anchor]]
        from_anchor = distances[anchor].tolist()
        if case["mining"] == "batch-hard":
            trios.append((anchor, max(positives, key=from_anchor.__getitem__),
                          min(negatives, key=from_anchor.__getitem__)))
            continue
        for positive in positives:
            farther = [i for i in negatives if from_anchor[i] > from_anchor[positive]]
            trios.append((anchor, positive,
                          min(farther, key=from_anchor.__getitem__) if farther
                          else max(negatives, key=from_anchor.__getitem__)))
    return zip(*trios)


def triplet(case, embeddings):
    labels = case["labels"]
    with torch.no_grad():
        distances = (embeddings[:, None] - embeddings[None]).norm(dim=-1)
    anchor, positive, negative = (embeddings[list(rows)] for rows in mine(case, distances, labels))
    if case["margin"] is not None:
        return F.triplet_margin_loss(anchor, positive, negative, margin=case["margin"], eps=0)
    return F.softplus((anchor - positive).norm(dim=-1) - (anchor - negative).norm(dim=-1)).mean()


def split(case, embeddings):
    """Queries, support and their classes, numbered 0..way-1."""
    numbers = {label: i for i, label in enumerate(sorted(set(case["labels"])))}
    classes = torch.tensor([numbers[label] for label in case["labels"]])
    is_query = torch.tensor(case["is_query"])
    return (embeddings[is_query], embeddings[~is_query], classes[is_query], classes[~is_query],
            len(numbers))


def similarities(case, queries, keys):
    if case["similarity"] == "cosine":
        return case["scale"] * F.normalize(queries) @ F.normalize(keys).T
    return -case["scale"] * (queries[:, None] - keys[None]).pow(2).sum(-1)


def prototypical(case, embeddings):
    queries, support, query_class, support_class, way = split(case, embeddings)
    prototypes = torch.stack([support[support_class == c].mean(0) for c in range(way)])
    return F.cross_entropy(similarities(case, queries, prototypes), query_class)


def matching(case, embeddings):
    queries, support, query_class, support_class, way = split(case, embeddings)
    attention = F.softmax(similarities(case, queries, support), dim=1)
    probabilities = attention @ F.one_hot(support_class, way).to(attention.dtype)
    return F.nll_loss(probabilities.log(), query_class)


def evaluate(case):
    embeddings = torch.tensor(case["embeddings"], dtype=torch.float64, requires_grad=True)
    losses = {"triplet": triplet, "prototypical": prototypical, "matching": matching}
    loss = losses[case["loss"]](case, embeddings)
    loss.backward()
    return {"loss": loss.item(), "gradient": embeddings.grad.tolist()}


def main():
    with open(sys.argv[1]) as cases:
        results = [evaluate(case) for case in json.load(cases)]
    with open(sys.argv[2], "w") as file:
        json.dump(results, file)


if __name__ == "__main__":
    main()
