"""PyTorch, eager, the preset `mlp`: R1 and R2 by its double backward; Adam fused."""

import sys

import torch
from torch import nn
from torch.nn.functional import softplus

from work import EMA, GAMMA, LEAK, MLP_ADAM, MLP_D, MLP_G, Batches, images, serve

torch.set_num_threads(int(sys.argv[2]))


def network(widths, *last):
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), nn.LeakyReLU(LEAK)]
    return nn.Sequential(*layers[:-1], *last)


def networks():
    return network(MLP_G, nn.Sigmoid()), network(MLP_D)


class Trainer:
    def __init__(self, g, d):
        self.g, self.d = g, d
        self.average = [p.detach().clone() for p in g.parameters()]
        adam = lambda module: torch.optim.Adam(
            module.parameters(),
            lr=MLP_ADAM["learning_rate"],
            betas=(MLP_ADAM["beta_1"], MLP_ADAM["beta_2"]),
            eps=MLP_ADAM["epsilon"],
            fused=True,
        )
        self.g_adam, self.d_adam = adam(g), adam(d)

    def step(self, reals, d_latents, g_latents):
        count = len(reals)
        with torch.no_grad():
            fakes = self.g(d_latents)
        both = torch.cat([reals, fakes]).requires_grad_()
        logits = self.d(both)
        (slopes,) = torch.autograd.grad(logits.sum(), both, create_graph=True)
        squares = slopes.square().sum(1)
        penalty = GAMMA / 2 * (squares[:count].mean() + squares[count:].mean())
        # -log sigmoid(x) = softplus(-x)
        d_loss = softplus(logits[count:] - logits[:count]).mean()
        self.d_adam.zero_grad(set_to_none=True)
        (d_loss + penalty).backward()
        self.d_adam.step()
        self.d.requires_grad_(False)
        g_loss = softplus(self.d(reals) - self.d(self.g(g_latents))).mean()
        self.g_adam.zero_grad(set_to_none=True)
        g_loss.backward()
        self.g_adam.step()
        self.d.requires_grad_(True)
        torch._foreach_lerp_(self.average, [p.detach() for p in self.g.parameters()], 1 - EMA)
        return d_loss, g_loss


def check_step(g, d, reals, d_latents, g_latents):
    modules = networks()
    for module, arrays in zip(modules, (g, d)):
        for parameter, array in zip(module.parameters(), arrays):
            parameter.data = torch.tensor(array.T.copy())
    trainer = Trainer(*modules)
    losses = trainer.step(*(torch.tensor(a) for a in (reals, d_latents, g_latents)))
    arrays = lambda module: [p.detach().numpy().T.copy() for p in module.parameters()]
    return *(loss.item() for loss in losses), arrays(modules[0]), arrays(modules[1])


def prepare(batch_size):
    torch.manual_seed(0)
    trainer, data = Trainer(*networks()), images()
    batches = Batches(len(data), batch_size)

    def one():
        reals = torch.from_numpy(data[batches.next()]).float() / 255
        trainer.step(reals, *(torch.randn(batch_size, MLP_G[0]) for _ in range(2)))

    return one


serve(check_step, prepare)
