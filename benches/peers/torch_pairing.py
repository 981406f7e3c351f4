"""A step of relativistic pairing with R1 and R2 in PyTorch, by its double backward; Adam fused."""

import torch
from torch.nn.functional import softplus


class Trainer:
    """Both networks, their optimizers, and the average of the generator."""

    def __init__(self, g, d, adams, gamma, ema):
        self.g, self.d, self.gamma, self.ema = g, d, gamma, ema
        self.average = [p.detach().clone() for p in g.parameters()]
        optimizer = lambda module, adam: torch.optim.Adam(
            module.parameters(),
            lr=adam["learning_rate"],
            betas=(adam["beta_1"], adam["beta_2"]),
            eps=adam["epsilon"],
            fused=True,
        )
        self.g_adam, self.d_adam = map(optimizer, (g, d), adams)

    def step(self, reals, d_latents, g_latents):
        count = len(reals)
        with torch.no_grad():
            fakes = self.g(d_latents)
        both = torch.cat([reals, fakes]).requires_grad_()
        logits = self.d(both)
        (slopes,) = torch.autograd.grad(logits.sum(), both, create_graph=True)
        squares = slopes.flatten(1).square().sum(1)
        penalty = self.gamma / 2 * (squares[:count].mean() + squares[count:].mean())
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
        torch._foreach_lerp_(self.average, [p.detach() for p in self.g.parameters()], 1 - self.ema)
        return d_loss, g_loss
