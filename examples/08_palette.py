"""The palette of a photograph: its pixels' colors, each weighed by how often it occurs.

python examples/08_palette.py [photo.jpg]
"""

import sys

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import load_sample_image

import kwise

photo = plt.imread(sys.argv[1]) if len(sys.argv) > 1 else load_sample_image("flower.jpg")

# A photograph has fewer colors than pixels; a weight says how many pixels have one.
colors, pixels = np.unique(photo[..., :3].reshape(-1, 3), axis=0, return_counts=True)

# Oklab: equal distances look equally different (B. Ottosson, 2020).
TO_CONES = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]])
TO_LAB = np.array([[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])
light = colors / 255.0
light = np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)
lab = np.cbrt(light @ TO_CONES.T) @ TO_LAB.T

model = kwise.KMeans(6, n_init=5, random_state=0).fit(lab, sample_weight=pixels)

# Each color of the palette is the mean light of its pixels.
print(f"{len(colors):,} colors of {pixels.sum():,} pixels")
share = np.bincount(model.labels_, weights=pixels) / pixels.sum()
palette = np.empty((6, 3))
for c in range(6):
    mine = model.labels_ == c
    mean = np.average(light[mine], axis=0, weights=pixels[mine])
    palette[c] = np.where(mean <= 0.0031308, 12.92 * mean, 1.055 * mean ** (1 / 2.4) - 0.055)
for c in np.argsort(-share):
    red, green, blue = np.round(255 * palette[c]).astype(int)
    print(f"#{red:02x}{green:02x}{blue:02x} {share[c]:6.1%}")

figure, (above, below) = plt.subplots(2, 1, height_ratios=(6, 1), figsize=(6, 5))
above.imshow(photo)
order = np.argsort(-share)
below.bar(
    np.cumsum(share[order]) - share[order], 1, share[order], align="edge", color=palette[order]
)
below.set_xlim(0, 1)
for axes in (above, below):
    axes.axis("off")
figure.savefig("palette.png", dpi=100, bbox_inches="tight")
