"""StyleGAN2 against the public layout's names and shapes, and against the paper's formulas in float64."""

import dataclasses
import math
import pathlib

import numpy as np
import pytest
import torch

from dctnet.ccn import checkpoint, layers, networks, stylegan2
from dctnet.ccn.config import Ccn, Shape
from dctnet.checkpoint import CheckpointError

CONFIG_F = Shape(size=256, style=512, mapping=8, channel_multiplier=2, cap=512, critic_cap=512)
TINY = Shape(size=16, style=6, mapping=2, channel_multiplier=0.005, cap=5, content=8, critic_cap=5)
WIDTHS = {4: 512, 8: 512, 16: 512, 32: 512, 64: 512, 128: 256, 256: 128}
Table = dict[str, tuple[int, ...]]


def modulated(name: str, inputs: int, outputs: int, side: int) -> Table:
    return {
        f"{name}.weight": (1, outputs, inputs, side, side),
        f"{name}.modulation.weight": (inputs, 512),
        f"{name}.modulation.bias": (inputs,),
    }


def styled(name: str, inputs: int, outputs: int, upsample: bool) -> Table:
    table = modulated(f"{name}.conv", inputs, outputs, 3)
    if upsample:
        table[f"{name}.conv.blur.kernel"] = (4, 4)
    return table | {f"{name}.noise.weight": (1,), f"{name}.activate.bias": (outputs,)}


def to_rgb(name: str, inputs: int, upsample: bool) -> Table:
    table = modulated(f"{name}.conv", inputs, 3, 1) | {f"{name}.bias": (1, 3, 1, 1)}
    return table | ({f"{name}.upsample.kernel": (4, 4)} if upsample else {})


def generator_table() -> Table:
    table: Table = {}
    for index in range(1, 9):
        table |= {f"style.{index}.weight": (512, 512), f"style.{index}.bias": (512,)}
    table["input.input"] = (1, 512, 4, 4)
    table |= styled("conv1", 512, 512, False) | to_rgb("to_rgb1", 512, False)
    before = 512
    for index, side in enumerate((8, 16, 32, 64, 128, 256)):
        width = WIDTHS[side]
        table |= styled(f"convs.{2 * index}", before, width, True)
        table |= styled(f"convs.{2 * index + 1}", width, width, False)
        table |= to_rgb(f"to_rgbs.{index}", width, True)
        before = width
    for index, side in enumerate((4, 8, 8, 16, 16, 32, 32, 64, 64, 128, 128, 256, 256)):
        table[f"noises.noise_{index}"] = (1, 1, side, side)
    return table


def discriminator_table() -> Table:
    table: Table = {"convs.0.0.weight": (128, 3, 1, 1), "convs.0.1.bias": (128,)}
    before = 128
    for index, side in enumerate((128, 64, 32, 16, 8, 4), 1):
        width, name = WIDTHS[side], f"convs.{index}"
        table |= {f"{name}.conv1.0.weight": (before, before, 3, 3), f"{name}.conv1.1.bias": (before,)}
        table |= {f"{name}.conv2.0.kernel": (4, 4), f"{name}.conv2.1.weight": (width, before, 3, 3)}
        table |= {f"{name}.conv2.2.bias": (width,)}
        table |= {f"{name}.skip.0.kernel": (4, 4), f"{name}.skip.1.weight": (width, before, 1, 1)}
        before = width
    table |= {"final_conv.0.weight": (512, 513, 3, 3), "final_conv.1.bias": (512,)}
    table |= {"final_linear.0.weight": (512, 512 * 16), "final_linear.0.bias": (512,)}
    return table | {"final_linear.1.weight": (1, 512), "final_linear.1.bias": (1,)}


@pytest.mark.parametrize(
    ("kind", "table"),
    [(stylegan2.Generator, generator_table()), (stylegan2.Discriminator, discriminator_table())],
)
def test_config_f_has_the_names_and_shapes_of_the_public_layout(kind: type[torch.nn.Module], table: Table) -> None:
    with torch.device("meta"):
        module = kind(CONFIG_F)
    assert {name: tuple(value.shape) for name, value in module.state_dict().items()} == table


# The reference: NumPy in float64, one sample and one tap at a time, zeros put in where the paper puts them in.
Array = np.ndarray
TAPS = np.outer([1.0, 3, 3, 1], [1.0, 3, 3, 1]) / 64


def correlate(x: Array, weight: Array) -> Array:
    """[I, H, W] with [O, I, k, k], where the kernel lies inside the picture."""
    side = weight.shape[-1]
    height, width = x.shape[1] - side + 1, x.shape[2] - side + 1
    out = np.zeros((len(weight), height, width))
    for y in range(side):
        for z in range(side):
            out += np.tensordot(weight[:, :, y, z], x[:, y : y + height, z : z + width], 1)
    return out


def padded(x: Array, before: int, after: int) -> Array:
    return np.pad(x, ((0, 0), (before, after), (before, after)))


def upfirdn(x: Array, kernel: Array, up: int, down: int, before: int, after: int) -> Array:
    """Zeros in, padding, a true convolution, every `down`th sample."""
    channels, height, width = x.shape
    spread = np.zeros((channels, height * up, width * up))
    spread[:, ::up, ::up] = x
    spread = padded(spread, before, after)
    filtered = np.concatenate([correlate(plane[None], kernel[None, None, ::-1, ::-1]) for plane in spread])
    return filtered[:, ::down, ::down]


def lrelu(x: Array) -> Array:
    return np.where(x > 0, x, 0.2 * x) * math.sqrt(2)


class Reference:
    def __init__(self, module: torch.nn.Module) -> None:
        self.state = {name: value.double().numpy() for name, value in module.state_dict().items()}

    def linear(self, x: Array, name: str, rate: float = 1.0) -> Array:
        weight = self.state[f"{name}.weight"]
        return weight @ x * rate / math.sqrt(weight.shape[1]) + self.state[f"{name}.bias"] * rate

    def modulated(self, x: Array, style: Array, name: str, demodulate: bool, upsample: bool) -> Array:
        weight = self.state[f"{name}.weight"][0]
        scales = self.linear(style, f"{name}.modulation")
        weight = weight / math.sqrt(weight[0].size) * scales[:, None, None]
        if demodulate:
            weight = weight / np.sqrt((weight**2).sum((1, 2, 3), keepdims=True) + 1e-8)
        if not upsample:
            side = weight.shape[-1] // 2
            return correlate(padded(x, side, side), weight)
        # A transposed convolution: zeros between the pixels, then a convolution with the turned kernel everywhere.
        channels, height, width = x.shape
        spread = np.zeros((channels, 2 * height - 1, 2 * width - 1))
        spread[:, ::2, ::2] = x
        return upfirdn(correlate(padded(spread, 2, 2), weight[..., ::-1, ::-1]), 4 * TAPS, 1, 1, 1, 1)

    def styled(self, x: Array, style: Array, noise: Array, name: str, upsample: bool) -> Array:
        x = self.modulated(x, style, f"{name}.conv", True, upsample)
        x = x + self.state[f"{name}.noise.weight"] * noise
        return lrelu(x + self.state[f"{name}.activate.bias"][:, None, None])

    def to_rgb(self, x: Array, style: Array, name: str, below: Array | None) -> Array:
        x = self.modulated(x, style, f"{name}.conv", False, False) + self.state[f"{name}.bias"][0]
        return x if below is None else x + upfirdn(below, 4 * TAPS, 2, 1, 2, 1)

    def mapped(self, z: Array, depth: int) -> Array:
        z = z / np.sqrt((z**2).mean() + 1e-8)
        for index in range(1, depth + 1):
            z = lrelu(self.linear(z, f"style.{index}", 0.01))
        return z

    def generate(self, styles: Array) -> Array:
        noise = [self.state[f"noises.noise_{index}"][0] for index in range(5)]
        x = self.styled(self.state["input.input"][0], styles[0], noise[0], "conv1", False)
        picture = self.to_rgb(x, styles[1], "to_rgb1", None)
        for level in range(2):
            at = 2 * level + 1
            x = self.styled(x, styles[at], noise[at], f"convs.{at - 1}", True)
            x = self.styled(x, styles[at + 1], noise[at + 1], f"convs.{at}", False)
            picture = self.to_rgb(x, styles[at + 2], f"to_rgbs.{level}", picture)
        return picture

    def convolved(self, x: Array, name: str, down: bool = False, active: bool = True) -> Array:
        index = 1 if down else 0
        weight = self.state[f"{name}.{index}.weight"]
        side = weight.shape[-1]
        around = (side + 1) // 2
        x = upfirdn(x, TAPS, 1, 1, around, around) if down else padded(x, side // 2, side // 2)
        x = correlate(x, weight / math.sqrt(weight[0].size))[:, :: 2 if down else 1, :: 2 if down else 1]
        return lrelu(x + self.state[f"{name}.{index + 1}.bias"][:, None, None]) if active else x

    def features(self, x: Array) -> Array:
        x = self.convolved(x, "convs.0")
        for block in ("convs.1", "convs.2"):
            branch = self.convolved(self.convolved(x, f"{block}.conv1"), f"{block}.conv2", True)
            x = (branch + self.convolved(x, f"{block}.skip", True, False)) / math.sqrt(2)
        return x

    def judge(self, batch: Array) -> Array:
        features = np.stack([self.features(x) for x in batch])
        deviation = np.sqrt(features.var(0) + 1e-8).mean()
        plane = np.full((len(batch), 1, 4, 4), deviation)
        last = [self.convolved(x, "final_conv") for x in np.concatenate((features, plane), 1)]
        return np.stack([self.linear(lrelu(self.linear(x.ravel(), "final_linear.0")), "final_linear.1") for x in last])


def disturbed(module: torch.nn.Module) -> torch.nn.Module:
    """Biases and noise weights begin at zero: a test with them at zero would not see them."""
    torch.manual_seed(3)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return module.double().eval()


def test_the_generator_draws_what_the_formulas_say() -> None:
    torch.manual_seed(1)
    generator = disturbed(stylegan2.Generator(TINY))
    assert isinstance(generator, stylegan2.Generator)
    reference = Reference(generator)
    z = torch.randn(2, 2, 6, dtype=torch.float64)
    first, second = generator.styles(z[0]), generator.styles(z[1])
    np.testing.assert_allclose(first[1, 0].detach().numpy(), reference.mapped(z[0, 1].numpy(), 2), rtol=1e-9)
    styles = torch.cat((first[:, :3], second[:, 3:]), 1)
    drawn = generator(styles, generator.fixed_noise()).detach().numpy()
    for got, style in zip(drawn, styles.detach().numpy(), strict=True):
        np.testing.assert_allclose(got, reference.generate(style), atol=1e-9)


def test_the_discriminator_judges_as_the_formulas_say() -> None:
    torch.manual_seed(2)
    discriminator = disturbed(stylegan2.Discriminator(TINY))
    batch = torch.randn(4, 3, 16, 16, dtype=torch.float64)
    want = Reference(discriminator).judge(batch.numpy())
    np.testing.assert_allclose(discriminator(batch).detach().numpy(), want, atol=1e-9)


def test_demodulation_gives_outputs_of_unit_variance_whatever_the_style() -> None:
    torch.manual_seed(0)
    convolution = layers.ModulatedConv2d(64, 32, 3, 8)
    with torch.no_grad():
        out = convolution(torch.randn(8, 64, 24, 24), 20 * torch.randn(8, 8))[..., 2:-2, 2:-2]
    assert out.std((2, 3)).mean().item() == pytest.approx(1, abs=0.03)


def test_the_equalised_rate_scales_weights_by_their_inputs_and_slows_the_mapping() -> None:
    linear = layers.EqualLinear(100, 3, rate=0.01)
    assert linear.weight.std().item() == pytest.approx(100, rel=0.2)
    x = torch.randn(1000, 100)
    assert linear(x).std().item() == pytest.approx(1, rel=0.2)
    linear(torch.ones(1, 100)).sum().backward()
    assert torch.allclose(linear.weight.grad, torch.full((3, 100), 0.01 / 10))
    assert torch.allclose(linear.bias.grad, torch.full((3,), 0.01))


def test_minibatch_deviation_by_hand() -> None:
    x = torch.zeros(8, 2, 4, 4)
    # Groups of four are samples 0, 2, 4, 6 and 1, 3, 5, 7; the second group is all alike.
    x[0, 0], x[2, 0], x[4, 0], x[6, 0] = 1.0, 2.0, 3.0, 4.0
    out = stylegan2.minibatch_deviation(x)
    assert out.shape == (8, 3, 4, 4) and torch.equal(out[:, :2], x)
    # √(1.25) on one of two features, √(1e-8) on the other, and everywhere in the other group.
    assert out[::2, 2].unique().item() == pytest.approx((math.sqrt(1.25) + 1e-4) / 2, rel=1e-5)
    assert out[1::2, 2].unique().item() == pytest.approx(1e-4, rel=1e-3)


def test_mixing_gives_finer_layers_another_style() -> None:
    torch.manual_seed(0)
    generator = stylegan2.Generator(TINY)
    z = torch.randn(2, 3, 6)
    crossing = stylegan2.mixed(generator, z, 1.0)
    assert torch.equal(crossing[:, 0], generator.styles(z[0])[:, 0])
    assert torch.equal(crossing[:, -1], generator.styles(z[1])[:, -1])
    assert torch.equal(stylegan2.mixed(generator, z, 0.0), generator.styles(z[0]))


def test_an_imported_checkpoint_draws_the_same_picture(tmp_path: pathlib.Path) -> None:
    torch.manual_seed(4)
    original, judge = stylegan2.Generator(TINY), stylegan2.Discriminator(TINY)
    state = {"g": original.state_dict(), "g_ema": original.state_dict(), "d": judge.state_dict()}
    torch.save(state, tmp_path / "550000.pt")
    shape = checkpoint.import_layout(tmp_path / "550000.pt", tmp_path / "run/checkpoint.pt", Ccn())
    assert networks.noise_sides(original) == [4, 8, 8, 16, 16]
    assert shape == dataclasses.replace(TINY, content=shape.content, channel_multiplier=shape.channel_multiplier)
    variant, _, loaded, critics = checkpoint.load_source(tmp_path / "run/checkpoint.pt")
    assert variant == "latent" and isinstance(loaded, stylegan2.Generator) and critics is not None
    styles = original.styles(torch.randn(1, 6))
    assert torch.equal(loaded(styles, loaded.fixed_noise()), original(styles, original.fixed_noise()))


def test_a_checkpoint_that_does_not_fit_says_where(tmp_path: pathlib.Path) -> None:
    state = stylegan2.Generator(TINY).state_dict()
    path, target = tmp_path / "g.pt", tmp_path / "checkpoint.pt"

    def message(content: object) -> str:
        torch.save(content, path)
        with pytest.raises(CheckpointError) as error:
            checkpoint.import_layout(path, target, Ccn())
        return str(error.value)

    assert "no g_ema" in message({"generator": state})
    assert "no input.input" in message({"g_ema": {k: v for k, v in state.items() if k != "input.input"}})
    assert "convs.1.noise.weight" in message({"g_ema": {k: v for k, v in state.items() if k != "convs.1.noise.weight"}})
    assert "1 keys belong to another network, extra first" in message({"g_ema": state | {"extra": torch.ones(1)}})
    assert "conv1.activate.bias is [7], not [5]" in message({"g_ema": state | {"conv1.activate.bias": torch.ones(7)}})
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        checkpoint.import_layout(tmp_path / "none.pt", target, Ccn())
