"""Teaches a narrow network to draw what a wide one draws: every photo is then a pair, and no critic is needed."""

from __future__ import annotations

import copy
import dataclasses
import pathlib

import torch
import torch.nn.functional as F
from tqdm import tqdm

from . import checkpoint, data, grid, losses
from .config import Config
from .train_ttn import Paths, follow, learning_rate, reduced
from .ttn import Ttn
from .vgg import Vgg19

TAPS = ("1_2", "2_2", "3_4")


@dataclasses.dataclass
class State:
    step: int
    network: Ttn
    average: Ttn
    network_optimizer: torch.optim.Adam

    @staticmethod
    def new(config: Config, device: torch.device) -> State:
        torch.manual_seed(config.train.seed)
        network = Ttn(config.network.width, config.network.blocks).to(device, memory_format=torch.channels_last)
        average = copy.deepcopy(network).requires_grad_(False)
        adam = torch.optim.Adam(network.parameters(), config.train.learning_rate, fused=True)
        return State(0, network, average, adam)

    def parts(self) -> dict[str, checkpoint.Part]:
        return {"network": self.network, "average": self.average, "network_optimizer": self.network_optimizer}


def distill(config: Config, paths: Paths, teacher_path: pathlib.Path, resume: bool, device: torch.device) -> State:
    """Like `train_ttn.train`, with the averaged network of `teacher_path` instead of exemplars as the aim."""
    teacher, _ = checkpoint.load_network(teacher_path)
    teacher.to(device, memory_format=torch.channels_last)
    pictures = data.load(config, paths.photos, paths.exemplars, paths.pairs, paths.run / "cache")
    state = State.new(config, device)
    latest = paths.run / "checkpoint.pt"
    if resume and latest.exists():
        checkpoint.restore(state, latest, config)
    vgg = Vgg19(paths.vgg).to(device, memory_format=torch.channels_last)
    shown = grid.choose(paths.photos, paths.pairs, config.hold_out)

    batches = data.prefetched(data.Batches(pictures, config, state.step))
    smooth: dict[str, float] = {}
    bar = tqdm(batches, initial=state.step, total=config.train.steps, unit="step", desc=config.style, mininterval=2)
    for batch in bar:
        photos = batch.photos.to(device, memory_format=torch.channels_last)
        for group in state.network_optimizer.param_groups:
            group["lr"] = learning_rate(config, state.step)
        with torch.autocast(device.type, torch.bfloat16):
            with torch.no_grad():
                wanted = teacher(photos).float()
                wanted_features = vgg(reduced(wanted, 2), TAPS)
            output = state.network(photos).float()
            features = vgg(reduced(output, 2), TAPS)
            pixel = F.l1_loss(output, wanted)
            paired = torch.stack([losses.feature_distance(features[t], wanted_features[t]) for t in TAPS]).mean()
        total = config.loss.pixel * pixel + config.loss.paired * paired
        state.network_optimizer.zero_grad(set_to_none=True)
        total.backward()
        state.network_optimizer.step()
        follow(state.average, state.network, config.train.ema, state.step)
        state.step += 1
        for name, value in (("pixel", pixel.item()), ("paired", paired.item())):
            smooth[name] = 0.98 * smooth.get(name, value) + 0.02 * value
        bar.set_postfix({name: f"{value:.3f}" for name, value in smooth.items()}, refresh=False)
        last = state.step == config.train.steps
        if last or state.step % config.train.checkpoint_every == 0:
            checkpoint.save(state, latest, config)
        if last or state.step % config.train.grid_every == 0:
            grid.save(state.average, shown, paths.run / f"grid-{state.step:06d}.png", device)
    return state
