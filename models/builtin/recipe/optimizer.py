"""Muon for the matrices of the blocks, AdamW for everything else, over two processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.distributed as dist

if TYPE_CHECKING:
    from torch import Tensor, nn

MUON_RATE = 3e-3
ADAM_RATE = 2e-3
DECAY = 0.02
MOMENTUM = 0.95


def _orthogonal(gradients: Tensor, steps: int = 5) -> Tensor:
    """Newton-Schulz iterations towards the nearest orthogonal matrices (Jordan et al., Muon)."""
    x = gradients / (gradients.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    turned = x.shape[-2] > x.shape[-1]
    if turned:
        x = x.mT
    for _ in range(steps):
        a = x @ x.mT
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x.mT if turned else x


class Optimizer:
    """Sums gradients over the processes and takes a step; its state goes into checkpoints."""

    def __init__(self, model: nn.Module) -> None:
        self.parameters = [p for p in model.parameters() if p.requires_grad]
        self.matrices: dict[tuple[int, ...], list[nn.Parameter]] = {}
        wide: list[nn.Parameter] = []
        narrow: list[nn.Parameter] = []
        for name, parameter in model.named_parameters():
            small = parameter.dim() == 2 and min(parameter.shape) <= 192
            if small and "embed" not in name and "heads" not in name:
                self.matrices.setdefault(tuple(parameter.shape), []).append(parameter)
            else:
                (wide if parameter.dim() >= 2 else narrow).append(parameter)
        groups = [{"params": wide, "weight_decay": DECAY}, {"params": narrow, "weight_decay": 0.0}]
        self.adam = torch.optim.AdamW(groups, lr=ADAM_RATE, betas=(0.9, 0.98), foreach=True)
        self.rest = [*wide, *narrow]
        self.momenta = {k: torch.zeros(len(v), *k) for k, v in self.matrices.items()}
        self.flat = torch.zeros(sum(p.numel() for p in self.parameters))
        # One buffer for all updates, so that the processes wait for each other only once.
        self.shared = torch.zeros(sum(m.numel() for m in self.momenta.values()))
        parts = self.shared.split([m.numel() for m in self.momenta.values()])
        self.updates = {
            k: part.view(self.momenta[k].shape) for k, part in zip(self.momenta, parts, strict=True)
        }

    def share_gradients(self) -> None:
        """Gives every process the mean of the gradients."""
        parts = [
            (p.grad if p.grad is not None else torch.zeros_like(p)).reshape(-1)
            for p in self.parameters
        ]
        torch.cat(parts, out=self.flat)
        dist.all_reduce(self.flat)
        self.flat /= dist.get_world_size()
        start = 0
        for p in self.parameters:
            p.grad = self.flat[start : start + p.numel()].view_as(p)
            start += p.numel()

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """One step at this fraction of the full learning rates."""
        torch.nn.utils.clip_grad_norm_(self.rest, 1.0)
        for group in self.adam.param_groups:
            group["lr"] = ADAM_RATE * rate
        self.adam.step()
        rank, world = dist.get_rank(), dist.get_world_size()
        self.shared.zero_()
        for shape, parameters in self.matrices.items():
            gradients = torch.stack([p.grad for p in parameters])
            momentum = self.momenta[shape].mul_(MOMENTUM).add_(gradients)
            mine = (gradients + MOMENTUM * momentum)[rank::world]  # each works out its share
            self.updates[shape][rank::world] = _orthogonal(mine)
        dist.all_reduce(self.shared)
        for shape, parameters in self.matrices.items():
            scale = MUON_RATE * rate * 0.2 * max(shape) ** 0.5
            for p, u in zip(parameters, self.updates[shape], strict=True):
                p.mul_(1 - MUON_RATE * rate * DECAY).sub_(u, alpha=scale)
        for p in self.parameters:
            p.grad = None

    def state(self) -> dict[str, object]:
        """What a checkpoint needs."""
        return {"adam": self.adam.state_dict(), "momenta": self.momenta}

    def load(self, state: dict[str, object]) -> None:
        """Goes on from a checkpoint."""
        self.adam.load_state_dict(state["adam"])
        for shape, saved in state["momenta"].items():
            self.momenta[shape].copy_(saved)
