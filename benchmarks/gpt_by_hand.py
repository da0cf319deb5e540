"""The Transformer of gpt.py in plain NumPy: what one writes down who wants this network and no other.

`p` holds the parameters by the names of ours, `g` their gradients. Each part returns its answer and a function from the
slope of that answer to the slope of its input, which fills in `g` on its way.
"""
import math

import numpy as np

C = math.sqrt(2 / math.pi)


def loss_and_gradients(p, inputs, targets, n_heads, n_layers):
    """The mean cross-entropy of tokens (B, T), and the gradients of all parameters."""
    g, parts = {}, []
    x = p["embedding.weight"][inputs] + p["positions.weight"][:inputs.shape[1]]
    for n in range(n_layers):
        x, part = block(p, g, f"blocks.{n}", x, n_heads)
        parts.append(part)
    normed, norm_back = norm(p, g, "norm", x)
    loss, slope = cross_entropy(normed @ p["head.weight"].T, targets)
    g["head.weight"] = flat(slope).T @ flat(normed)
    slope = norm_back(slope @ p["head.weight"])
    for part in reversed(parts):
        slope = part(slope)
    g["positions.weight"], g["embedding.weight"] = slope.sum(axis=0), np.zeros_like(p["embedding.weight"])
    np.add.at(g["embedding.weight"], inputs, slope)
    return loss, g


def flat(x):
    return x.reshape(-1, x.shape[-1])


def linear(p, g, name, x):
    weight = p[f"{name}.weight"]

    def back(slope):
        g[f"{name}.weight"], g[f"{name}.bias"] = flat(slope).T @ flat(x), flat(slope).sum(axis=0)
        return slope @ weight
    return x @ weight.T + p[f"{name}.bias"], back


def norm(p, g, name, x):
    weight, centred = p[f"{name}.weight"], x - x.mean(axis=-1, keepdims=True)
    inverse = 1 / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + 1e-5)
    scaled = centred * inverse

    def back(slope):
        g[f"{name}.weight"], g[f"{name}.bias"] = flat(slope * scaled).sum(axis=0), flat(slope).sum(axis=0)
        inner = slope * weight
        along = (inner * scaled).mean(axis=-1, keepdims=True)
        return inverse * (inner - inner.mean(axis=-1, keepdims=True) - scaled * along)
    return scaled * weight + p[f"{name}.bias"], back


def gelu(x):
    bend = np.tanh(C * (x + 0.044715 * x * x * x))

    def back(slope):
        return slope * 0.5 * (1 + bend + x * (1 - bend * bend) * C * (1 + 3 * 0.044715 * x * x))
    return 0.5 * x * (1 + bend), back


def attention(p, g, name, x, n_heads):
    batch, length, width = x.shape

    def split(y):
        return y.reshape(batch, length, n_heads, -1).transpose(0, 2, 1, 3)

    def merge(y):
        return y.transpose(0, 2, 1, 3).reshape(batch, length, width)

    heads, backs = zip(*(linear(p, g, f"{name}.{part}", x) for part in ("query", "key", "value")))
    query, key, value = map(split, heads)
    scale = np.float32(1 / math.sqrt(width // n_heads))
    scores = query @ key.swapaxes(-1, -2) * scale
    scores[:, :, ~np.tri(length, dtype=bool)] = -np.inf
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares = exps / exps.sum(axis=-1, keepdims=True)  # (B, H, T, T)
    answer, out_back = linear(p, g, f"{name}.out", merge(shares @ value))

    def back(slope):
        slope = split(out_back(slope))
        of_shares = slope @ value.swapaxes(-1, -2)
        of_scores = shares * (of_shares - (of_shares * shares).sum(axis=-1, keepdims=True)) * scale
        slopes = of_scores @ key, of_scores.swapaxes(-1, -2) @ query, shares.swapaxes(-1, -2) @ slope
        return sum(part(merge(one)) for part, one in zip(backs, slopes))
    return answer, back


def block(p, g, name, x, n_heads):
    normed, norm1_back = norm(p, g, f"{name}.norm1", x)
    heard, attention_back = attention(p, g, f"{name}.attention", normed, n_heads)
    x = x + heard
    normed, norm2_back = norm(p, g, f"{name}.norm2", x)
    up, up_back = linear(p, g, f"{name}.mlp.up", normed)
    bent, bend_back = gelu(up)
    down, down_back = linear(p, g, f"{name}.mlp.down", bent)

    def back(slope):
        slope = slope + norm2_back(up_back(bend_back(down_back(slope))))
        return slope + norm1_back(attention_back(slope))
    return x + down, back


def cross_entropy(scores, targets):
    """The loss, and its slope by the scores (B, T, vocabulary)."""
    ids = targets.ravel()
    shifted, rows = flat(scores - scores.max(axis=-1, keepdims=True)), np.arange(len(ids))
    exps = np.exp(shifted)
    sums = exps.sum(axis=1)
    slope = exps / sums[:, None]
    slope[rows, ids] -= 1
    return (np.log(sums) - shifted[rows, ids]).mean(), (slope / np.float32(len(ids))).reshape(scores.shape)


class AdamW:
    """Steps of AdamW with the usual settings."""

    def __init__(self, p, lr):
        self.p, self.lr, self.steps = p, lr, 0
        self.means, self.squares = ({name: np.zeros_like(x) for name, x in p.items()} for _ in range(2))

    def step(self, g):
        self.steps += 1
        first, second = 1 - 0.9**self.steps, 1 - 0.999**self.steps
        for name, x in self.p.items():
            mean, square, slope = self.means[name], self.squares[name], g[name]
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope * slope - square)
            x *= 1 - 0.01 * self.lr
            x -= self.lr / first * mean / (np.sqrt(square / second) + 1e-8)
