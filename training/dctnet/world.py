"""The processes that train a network together, and the precision they compute in, through Lightning Fabric.

`torchrun --nproc-per-node=N -m dctnet …` starts N processes, one for each GPU; without it there is one. Networks stay
plain modules: a step's gradients, 11 MB at width 32, travel in one message, so there is no wrapper around what has
several optimizers, frozen parts and spectral norms.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager

import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins import MixedPrecision, Precision
from lightning_fabric.plugins.environments import LightningEnvironment, TorchElasticEnvironment
from torch import Tensor
from torch.optim import Optimizer

from .config import ConfigError, Train


class World:
    """`size` processes, of which this is number `rank`. Each sees `train.accumulate` batches before an update.

    Raises ConfigError when the device lacks the precision.
    """

    def __init__(self, train: Train, device: torch.device) -> None:
        half = train.precision == "16-mixed"
        if half and device.type != "cuda":
            raise ConfigError(f"train.precision: 16-mixed needs CUDA; on {device.type} take bf16-mixed")
        self.scaler = torch.amp.GradScaler(device.type, enabled=half)
        """Keeps fp16 gradients from vanishing; does nothing at another precision."""
        precision = (
            Precision()
            if train.precision == "32-true"
            else MixedPrecision(train.precision, device.type, self.scaler if half else None)
        )
        if TorchElasticEnvironment.detect():
            here = int(os.environ["LOCAL_WORLD_SIZE"])
            self._fabric = Fabric(
                accelerator=device.type,
                strategy="ddp",
                devices=here,
                num_nodes=int(os.environ["WORLD_SIZE"]) // here,
                plugins=[precision, TorchElasticEnvironment()],
            )
        else:
            one = 1 if device.index is None else [device.index]
            plugins = [precision, LightningEnvironment()]
            self._fabric = Fabric(accelerator=device.type, strategy="auto", devices=one, plugins=plugins)
        self._fabric.launch()
        self.rank, self.size, self.accumulate = self._fabric.global_rank, self._fabric.world_size, train.accumulate
        self.device = self._fabric.device
        # Every crop has the same size, so the fastest convolution is worth looking for.
        torch.backends.cudnn.benchmark = True

    @property
    def leads(self) -> bool:
        """Whether this process writes what there is one of: caches, checkpoints, grids, the progress bar."""
        return self.rank == 0

    def leader_first(self) -> AbstractContextManager[None]:
        """Rank 0 runs the block alone, however long that takes, then all others do."""
        return self._fabric.rank_zero_first()

    def number(self, index: int) -> int:
        """Of this process's batch `index` of a step, among the `size` · `accumulate` of all."""
        return index * self.size + self.rank

    def autocast(self) -> AbstractContextManager[None]:
        return self._fabric.autocast()

    def backward(self, loss: Tensor) -> None:
        """Adds the gradients of one batch's loss to those of the others of the step."""
        self._fabric.backward(loss / self.accumulate)

    def first(self, tensors: Iterable[Tensor]) -> list[Tensor]:
        """Rank 0's, in every process."""
        return [self._fabric.broadcast(tensor) for tensor in tensors]

    def mean(self, tensors: Sequence[Tensor]) -> None:
        """Over all processes, in place."""
        if self.size == 1:
            return
        message = torch.cat([tensor.detach().flatten().float() for tensor in tensors])
        self._fabric.all_reduce(message)
        for tensor, part in zip(tensors, message.split([tensor.numel() for tensor in tensors]), strict=True):
            tensor.copy_(part.view(tensor.shape))

    def update(self, optimizers: Sequence[Optimizer], seen: Sequence[Tensor] = (), largest: float = math.inf) -> None:
        """One step of each optimizer along the gradients' mean over all batches; `seen` become means over processes.

        `largest` bounds the norm of the first optimizer's gradients.
        """
        groups = [group for optimizer in optimizers for group in optimizer.param_groups]
        gradients = [p.grad for group in groups for p in group["params"] if p.grad is not None]
        with torch.no_grad():
            self.mean([*gradients, *seen])
        if math.isfinite(largest):
            self.scaler.unscale_(optimizers[0])
            torch.nn.utils.clip_grad_norm_([p for g in optimizers[0].param_groups for p in g["params"]], largest)
        # All gradients carry one scale, so it may change only after all steps, and not after each as Fabric would.
        for optimizer in optimizers:
            self.scaler.step(optimizer)
            optimizer.zero_grad(set_to_none=True)
        self.scaler.update()


class Means:
    """Adds up named scalars over the batches of a step, on their device: reading each would wait for it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sums: dict[str, Tensor] = {}

    def add(self, values: dict[str, Tensor]) -> None:
        for name, value in values.items():
            share = value.detach().float() / self._world.accumulate
            self._sums[name] = self._sums[name] + share if name in self._sums else share

    def tensors(self) -> list[Tensor]:
        return list(self._sums.values())

    def read(self) -> dict[str, float]:
        return dict(zip(self._sums, torch.stack(self.tensors()).tolist(), strict=True))
