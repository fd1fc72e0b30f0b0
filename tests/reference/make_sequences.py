"""Freeze sequences.json: PyTorch's training loop over sequences of different lengths, padded in each batch.

    pip install mpmath torch==2.13.0
    python tests/reference/make_sequences.py

A table of rows and a linear layer predict the token after each, with the mean cross entropy over a batch's tokens
that are not padding; or, of the mean of a sequence's rows, its label. Two epochs in the order of the samples. The run
gives the same bytes each time.
"""

from typing import Any

import torch
from make_reference import PYTORCH, write
from torch import nn
from torch.nn.utils.rnn import pad_sequence

SEQUENCES = [[4, 0, 1, 2], [4, 3], [4, 1], [4, 2, 2, 0, 1, 3], [4, 0, 0], [4, 3, 1, 2], [4, 1, 0, 3, 3]]
TARGETS = [[*row[1:], 4] for row in SEQUENCES]
LABELS = [0, 2, 2, 1, 0, 0, 1]
WEIGHT = [1.0, 0.5, 2.0, 0.25, 3.0]
SETTINGS: list[dict[str, Any]] = [
    {"of": "tokens", "batch_size": 3},
    {"of": "tokens", "batch_size": 7},
    {"of": "tokens", "batch_size": 3, "weight": WEIGHT},
    {"of": "tokens", "batch_size": 2, "label_smoothing": 0.1},
    {"of": "labels", "batch_size": 3},
    {"of": "labels", "batch_size": 3, "weight": WEIGHT[:3]},
    {"of": "labels", "batch_size": 7, "weight": WEIGHT[:3]},
]


def trained(of: str, batch_size: int, **options: Any) -> dict[str, Any]:
    torch.manual_seed(0)
    table, linear = nn.Embedding(5, 3).double(), nn.Linear(3, 5 if of == "tokens" else 3).double()
    parameters = [*table.parameters(), *linear.parameters()]
    begin = [p.tolist() for p in parameters]
    weight = torch.tensor(options.pop("weight")).double() if "weight" in options else None
    loss_of = nn.CrossEntropyLoss(weight=weight, **options)
    optimizer = torch.optim.Adam(parameters, lr=0.05)
    losses = []
    for _ in range(2):
        for i in range(0, len(SEQUENCES), batch_size):
            rows = [table(torch.tensor(row)) for row in SEQUENCES[i : i + batch_size]]
            if of == "tokens":
                logits = linear(pad_sequence(rows, batch_first=True)).flatten(0, 1)
                targets = [torch.tensor(row) for row in TARGETS[i : i + batch_size]]
                wanted = pad_sequence(targets, batch_first=True, padding_value=-100).flatten()
            else:
                logits, wanted = (
                    linear(torch.stack([row.mean(0) for row in rows])),
                    torch.tensor(LABELS[i : i + batch_size]),
                )
            loss = loss_of(logits, wanted)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return {"begin": begin, "losses": losses, "final": [p.tolist() for p in parameters]}


if __name__ == "__main__":
    write(
        "sequences.json",
        {
            "source": PYTORCH, "sequences": SEQUENCES, "targets": TARGETS, "labels": LABELS,
            "trainings": [{**settings, **trained(**settings)} for settings in SETTINGS],
        },
    )  # fmt: skip
