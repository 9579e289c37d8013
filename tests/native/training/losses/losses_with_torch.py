"""Losses and gradients by PyTorch, for losses_torch_test.cpp.

Usage: python3 losses_with_torch.py CASES.json RESULTS.json. A case holds the name of a loss, its options,
embeddings (a list of rows), labels, the loss's own parameters by name and, for episodes, is_query; a result holds loss,
gradient and parameter_gradients. All in double.
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


def lstm_step(parameters, name, inputs, hidden, state):
    """torch.nn.LSTMCell's formula; that takes no recurrent input which is longer than its state."""
    width = len(parameters[name + ".bias"]) // 4
    gates = (inputs @ parameters[name + ".input"].view(4 * width, -1).T
             + hidden @ parameters[name + ".recurrent"].view(4 * width, -1).T + parameters[name + ".bias"])
    i, f, g, o = gates.chunk(4, dim=1)
    state = f.sigmoid() * state + i.sigmoid() * g.tanh()
    return o.sigmoid() * state.tanh(), state


def check_lstm_step():
    """Against torch.nn.LSTMCell, where both can do it."""
    cell = torch.nn.LSTMCell(3, 3).double()
    parameters = {"l.input": cell.weight_ih, "l.recurrent": cell.weight_hh, "l.bias": cell.bias_ih + cell.bias_hh}
    inputs, hidden, state = torch.randn(3, 2, 3, dtype=torch.float64)
    for ours, theirs in zip(lstm_step(parameters, "l", inputs, hidden, state), cell(inputs, (hidden, state))):
        assert (ours - theirs).abs().max() < 1e-12


def hidden_states(parameters, name, rows):
    hidden = state = torch.zeros_like(rows[:1])
    states = []
    for row in rows:
        hidden, state = lstm_step(parameters, name, row[None], hidden, state)
        states.append(hidden)
    return torch.cat(states)


def full_context(case, parameters, queries, support):
    """Vinyals et al. 2016, appendix A."""
    forwards = hidden_states(parameters, "context.forward", support)
    backwards = hidden_states(parameters, "context.backward", support.flip(0)).flip(0)
    support = support + forwards + backwards
    hidden, state = queries, torch.zeros_like(queries)
    for _ in range(case["steps"]):
        read = F.softmax(hidden @ support.T, dim=1) @ support
        output, state = lstm_step(parameters, "context.attention", queries, torch.cat([hidden, read], dim=1), state)
        hidden = output + queries
    return hidden, support


def matching(case, embeddings, parameters):
    queries, support, query_class, support_class, way = split(case, embeddings)
    if "steps" in case:
        queries, support = full_context(case, parameters, queries, support)
    attention = F.softmax(similarities(case, queries, support), dim=1)
    probabilities = attention @ F.one_hot(support_class, way).to(attention.dtype)
    return F.nll_loss(probabilities.log(), query_class)


def evaluate(case):
    embeddings = torch.tensor(case["embeddings"], dtype=torch.float64, requires_grad=True)
    parameters = {name: torch.tensor(values, dtype=torch.float64, requires_grad=True)
                  for name, values in case["parameters"].items()}
    if case["loss"] == "matching":
        loss = matching(case, embeddings, parameters)
    else:
        loss = {"triplet": triplet, "prototypical": prototypical}[case["loss"]](case, embeddings)
    loss.backward()
    return {"loss": loss.item(), "gradient": embeddings.grad.tolist(),
            "parameter_gradients": {name: p.grad.tolist() for name, p in parameters.items()}}


def main():
    check_lstm_step()
    with open(sys.argv[1]) as cases:
        results = [evaluate(case) for case in json.load(cases)]
    with open(sys.argv[2], "w") as file:
        json.dump(results, file)


if __name__ == "__main__":
    main()
