"""Draws docs/images/cost.png from the tables of docs/performance.md: how the cost of a step grows."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

PAGE, PICTURE = Path("docs/performance.md"), Path("docs/images/cost.png")
COLOURS = {"tutorial": "tab:green", "mlp": "tab:blue", "dcgan": "tab:orange"}


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def numbers(cells):
    """The first number of each cell, such as 28 of `28 pixels`."""
    return [float(cell.replace(",", "").split()[0]) for cell in cells]


def table(header):
    """What stands below a header, and the header's own columns."""
    lines = PAGE.read_text().splitlines()
    at = next(at for at, line in enumerate(lines) if line.startswith(header))
    rows = []
    for line in lines[at + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(cells(line))
    return cells(lines[at]), rows


def line(axes, preset, threads, x, y):
    style = {"1": "--", "2": "-"}[threads]
    label = f"{preset}, {threads} thread" + "s" * (threads == "2")
    axes.plot(x, y, style, marker="o", markersize=3, color=COLOURS[preset], label=label)


def main():
    figure, panels = plt.subplots(1, 3, figsize=(12, 3.8), layout="constrained")
    by_batch, by_width, by_pixels = panels

    head, rows = table("| preset | threads | 1 |")
    for preset, threads, *speeds in rows:
        times = [1e3 / speed for speed in numbers(speeds)]
        line(by_batch, preset.strip("`"), threads, numbers(head[2:]), times)
    by_batch.set(xlabel="images in a batch", ylabel="ms an image", title="as the batch grows")

    head, rows = table("| `mlp`, threads |")
    for threads, *times in rows:
        line(by_width, "mlp", threads, numbers(head[1:]), numbers(times))

    head, rows = table("| `dcgan`, threads |")
    first = head.index("28 pixels")
    for threads, *times in rows:
        widths, sides = numbers(head[1:first]), numbers(head[first:])
        line(by_width, "dcgan", threads, widths, numbers(times[: first - 1]))
        line(by_pixels, "dcgan", threads, sides, numbers(times[first - 1 :]))
    by_width.set(xlabel="width of the layers", ylabel="ms a step", title="as the layers grow")
    by_width.set_ylim(0.3, 2000)  # Room for the legend.
    by_pixels.set(xlabel="pixels a side", ylabel="ms a step", title="as the images grow")

    for axes, corner in zip(panels, ("upper right", "lower right", "upper left")):
        axes.set(xscale="log", yscale="log")
        ticks = sorted({x for curve in axes.lines for x in curve.get_xdata()})
        axes.set_xticks(ticks, labels=[f"{x:.0f}" for x in ticks], fontsize=8)
        axes.xaxis.set_minor_locator(matplotlib.ticker.NullLocator())
        axes.yaxis.set_major_formatter("{x:g}")
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8, loc=corner)
    figure.savefig(PICTURE, dpi=90)


if __name__ == "__main__":
    main()
