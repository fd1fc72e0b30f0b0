"""Exercise 22 as microgpt has it, with loops over indices, and keys and values that are kept from place to place."""

from e19_cross_entropy import softmax


def attend(q, keys, values):
    attn_logits = [sum(q[j] * k[j] for j in range(len(q))) / len(q) ** 0.5 for k in keys]
    attn_weights = softmax(attn_logits)
    return [sum(attn_weights[t] * values[t][j] for t in range(len(values))) for j in range(len(values[0]))]


def causal_attention(queries, keys, values):
    kept_keys, kept_values, out = [], [], []
    for q, k, v in zip(queries, keys, values):
        kept_keys.append(k)
        kept_values.append(v)
        out.append(attend(q, kept_keys, kept_values))
    return out
