"""A small Transformer of two blocks and four heads: training steps, 32 texts of 32 tokens and a step of AdamW; and
writing 64 tokens behind 16, with a cache and without."""
import numpy as np
import torch
import torch.nn.functional as F
from gpt_by_hand import AdamW as AdamWByHand
from gpt_by_hand import loss_and_gradients
from pairs import Workload
from tinytorch import memoization
from tinytorch.nn import Transformer, transformer
from tinytorch.optim import AdamW

VOCAB, HEADS, LAYERS, BATCH, SEQ, LR = 480, 4, 2, 32, 32, 1e-3
FREE = ".key.bias"  # has no say in any answer, so its gradient is rounding, and AdamW makes whole steps of that


def workloads():
    return [step(64, 100), step(128, 60), writing("with a cache", memoization.generate, True, 20),
            writing("read anew", transformer.generate, False, 10)]


def step(d_model, repeats):
    rng = np.random.default_rng(3)
    start = Transformer(VOCAB, d_model, HEADS, LAYERS, max_len=SEQ, rng=rng).state_dict()
    tokens = rng.integers(0, VOCAB, (BATCH, SEQ + 1))
    ways = ours(d_model, start, tokens), by_hand(start, tokens), theirs(d_model, start, tokens)
    return Workload(f"Transformer step, d_model {d_model}", *ways, repeats, 1.6, 1)


def writing(name, generate, cached, repeats, d_model=128, length=96):
    rng = np.random.default_rng(3)
    model = Transformer(VOCAB, d_model, HEADS, LAYERS, max_len=length, rng=rng)
    model.head.weight.data *= 50  # so that it prefers one token to another
    other, prompt = Model(d_model, length), rng.integers(0, VOCAB, 16)
    other.load_state_dict({name: torch.tensor(array) for name, array in model.state_dict().items()})

    def our_work():
        text = generate(model, prompt, 64)
        return lambda: [text]

    def their_work():
        with torch.no_grad():
            text = (other.write if cached else other.write_anew)(torch.tensor(prompt), 64)
        return lambda: [text]
    return Workload(f"writing 64 tokens, d_model {d_model}, {name}", our_work, None, their_work, repeats, None, 1)


def ours(d_model, start, tokens):
    model = Transformer(VOCAB, d_model, HEADS, LAYERS, max_len=SEQ)
    model.load_state_dict(start)
    optimizer = AdamW(model.parameters(), lr=LR)

    def work():
        optimizer.zero_grad()
        loss = model(tokens[:, :-1], tokens[:, 1:])
        loss.backward()
        optimizer.step()
        return lambda: [loss.data, *[p.grad for name, p in model.named_parameters() if not name.endswith(FREE)]]
    return work


def by_hand(start, tokens):
    params = {name: array.copy() for name, array in start.items()}
    optimizer = AdamWByHand(params, LR)

    def work():
        loss, grads = loss_and_gradients(params, tokens[:, :-1], tokens[:, 1:], HEADS, LAYERS)
        optimizer.step(grads)
        return lambda: [loss, *[grads[name] for name in params if not name.endswith(FREE)]]
    return work


def theirs(d_model, start, tokens):
    model = Model(d_model)
    model.load_state_dict({name: torch.tensor(array) for name, array in start.items()})
    optimizer = torch.optim.AdamW(model.parameters(), lr=LR)
    inputs, targets = torch.tensor(tokens[:, :-1]), torch.tensor(tokens[:, 1:])

    def work():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())
        loss.backward()
        optimizer.step()
        return lambda: [loss.detach(), *[p.grad for name, p in model.named_parameters() if not name.endswith(FREE)]]
    return work


class Model(torch.nn.Module):
    """Our Transformer in PyTorch, with our names, and its quickest attention."""

    def __init__(self, d_model, length=SEQ):
        super().__init__()
        self.embedding, self.positions = torch.nn.Embedding(VOCAB, d_model), torch.nn.Embedding(length, d_model)
        self.blocks = torch.nn.Sequential(*[Block(d_model) for _ in range(LAYERS)])
        self.norm, self.head = torch.nn.LayerNorm(d_model), torch.nn.Linear(d_model, VOCAB, bias=False)

    def forward(self, tokens):
        return self.head(self.norm(self.blocks(self.embedding(tokens) + self.positions.weight[:tokens.shape[1]])))

    def write_anew(self, text, count):
        for _ in range(count):
            text = torch.cat([text, self(text[None])[0, -1].argmax()[None]])
        return text

    def write(self, text, count):
        """Each token read once; keys and values in room that is asked for at the beginning."""
        places, new, start = len(self.positions.weight), text, 0
        caches = [torch.zeros(2, 1, HEADS, places, self.norm.normalized_shape[0] // HEADS) for _ in self.blocks]
        for _ in range(count):
            x = (self.embedding(new) + self.positions.weight[start:start + len(new)])[None]
            for block, cache in zip(self.blocks, caches):
                x = x + block.attention.attend(block.norm1(x), cache, start)
                x = x + block.mlp(block.norm2(x))
            start, new = start + len(new), self.head(self.norm(x[:, -1])).argmax(dim=-1)
            text = torch.cat([text, new])
        return text


class Block(torch.nn.Module):
    def __init__(self, d_model):
        super().__init__()
        self.norm1, self.attention = torch.nn.LayerNorm(d_model), Attention(d_model)
        self.norm2, self.mlp = torch.nn.LayerNorm(d_model), MLP(d_model)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Attention(torch.nn.Module):
    def __init__(self, d_model):
        super().__init__()
        self.query, self.key, self.value, self.out = (torch.nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, x):
        heads = [part(x).unflatten(-1, (HEADS, -1)).transpose(1, 2) for part in (self.query, self.key, self.value)]
        return self.out(F.scaled_dot_product_attention(*heads, is_causal=True).transpose(1, 2).flatten(2))

    def attend(self, x, cache, start):
        query, *new = (part(x).unflatten(-1, (HEADS, -1)).transpose(1, 2)
                       for part in (self.query, self.key, self.value))
        stop = start + x.shape[1]
        for kept, found in zip(cache, new):
            kept[:, :, start:stop] = found
        heard = F.scaled_dot_product_attention(query, *cache[:, :, :, :stop], is_causal=not start)
        return self.out(heard.transpose(1, 2).flatten(2))


class MLP(torch.nn.Module):
    def __init__(self, d_model):
        super().__init__()
        self.up, self.down = torch.nn.Linear(d_model, 4 * d_model), torch.nn.Linear(4 * d_model, d_model)

    def forward(self, x):
        return self.down(F.gelu(self.up(x), approximate="tanh"))
