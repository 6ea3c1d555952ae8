"""Families of simulated tables with a known answer: ``FAMILIES[name].draw(rng) -> Table``.

One file holds one kind of family. To add a family: a function there, and its row here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import (
    codes,
    crowds,
    marginals,
    round_groups,
    shapes,
    strangers,
    structureless,
    touching,
)
from .base import Table

__all__ = ["FAMILIES", "STRANGERS", "Family", "Table"]


@dataclass(frozen=True)
class Family:
    """How its tables are drawn, what it stands for, and how often it comes beside others."""

    draw: Callable[..., Table]
    kind: str
    often: float = 1.0


FAMILIES: dict[str, Family] = {
    # Round groups that a person sees.
    "round": Family(round_groups.round_blobs, "apart"),
    "unequal_sizes": Family(round_groups.unequal_sizes, "apart"),
    "very_unequal": Family(touching.very_unequal, "apart"),
    "high_dimensional": Family(round_groups.high_dimensional, "apart"),
    "wide": Family(touching.wide, "apart"),
    "duplicated": Family(round_groups.duplicated, "apart"),
    "discrete": Family(round_groups.discrete, "apart"),
    "one_column": Family(round_groups.one_column, "apart"),
    "few_rows": Family(touching.few_rows, "apart"),
    "boxes": Family(round_groups.boxes, "apart"),
    "heavy_tailed": Family(round_groups.heavy_tailed, "apart"),
    "skewed_groups": Family(round_groups.skewed_groups, "apart"),
    "hierarchical": Family(round_groups.hierarchical, "apart"),
    "noisy": Family(round_groups.noisy, "apart"),
    "with_outliers": Family(touching.with_outliers, "apart"),
    "large": Family(touching.large, "apart", 0.12),
    # Many groups.
    "many_groups": Family(crowds.many_groups, "crowds"),
    "crowd": Family(crowds.crowd, "crowds", 0.2),
    "grid": Family(crowds.grid, "crowds", 0.2),
    "crowd_of_crowds": Family(crowds.crowd_of_crowds, "crowds", 0.2),
    # Round groups that touch.
    "overlapping": Family(round_groups.overlapping, "touching", 1.5),
    "touching_squares": Family(round_groups.touching, "touching"),
    "two_gaussians": Family(touching.two_gaussians, "touching", 2.0),
    "two_unequal": Family(touching.two_unequal, "touching"),
    "separations": Family(touching.separations, "touching", 2.0),
    "scattered": Family(touching.scattered, "touching", 2.0),
    "uneven_touching": Family(touching.uneven_touching, "touching", 1.5),
    "correlated_groups": Family(touching.correlated_groups, "touching"),
    # Groups in columns as tables have them.
    "groups_mixed": Family(marginals.groups_of(*marginals.MIXED), "columns", 2.0),
    "groups_money": Family(marginals.groups_of("money", "gamma"), "columns"),
    "groups_likert": Family(marginals.groups_of("likert", columns=(4, 6, 10, 15)), "columns"),
    "groups_counts": Family(marginals.groups_of("counts", "zero_inflated"), "columns"),
    "groups_rounded": Family(marginals.groups_of("rounded"), "columns"),
    "latent_classes": Family(marginals.latent_classes, "columns"),
    "groups_beside_code": Family(codes.groups_beside_code, "columns", 2.0),
    "code_of_groups": Family(codes.code_of_groups, "columns", 0.5),
    "identifier": Family(codes.identifier, "columns", 0.5),
    # Groups that are not round.
    "unequal_densities": Family(shapes.unequal_densities, "shaped"),
    "elongated": Family(shapes.elongated, "shaped"),
    "elongated_each": Family(shapes.elongated_each, "shaped"),
    "stripes": Family(shapes.stripes, "shaped"),
    "rings": Family(shapes.rings, "shaped"),
    "moons": Family(shapes.moons, "shaped"),
    "spirals": Family(shapes.spirals, "shaped"),
    "linked_rings": Family(shapes.linked_rings, "shaped"),
    "core_and_halo": Family(shapes.core_and_halo, "shaped"),
    "mixed_shapes": Family(shapes.mixed_shapes, "shaped"),
    "outliers": Family(shapes.outliers, "shaped"),
    # One group.
    **{
        f"one_{kind}": Family(structureless.structureless(kind), "one group")
        for kind in structureless.CLOUDS
    },
    "one_few": Family(structureless.few, "one group"),
    "one_wide": Family(structureless.wide, "one group", 0.7),
    "one_specks": Family(structureless.specks, "one group"),
    "one_doubled": Family(structureless.doubled, "one group", 0.7),
    "one_mixed": Family(marginals.one_group_of(*marginals.MIXED), "one group", 2.0),
    "one_money": Family(marginals.one_group_of("money", "gamma", "heavy"), "one group"),
    "one_likert": Family(marginals.one_group_of("likert"), "one group"),
    "one_counts": Family(marginals.one_group_of("counts", "zero_inflated"), "one group"),
    "one_poisson": Family(marginals.poisson_counts, "one group"),
    "one_yes_no": Family(marginals.yes_no_answers, "one group"),
    "one_indicators": Family(marginals.indicators, "one group"),
    "one_ranks": Family(marginals.uniform_copula, "one group", 0.7),
    "one_skewed_factor": Family(marginals.skewed_factor, "one group"),
    "one_beside_code": Family(codes.one_beside_code, "one group", 1.5),
    # One group of rows in order: a curve that hangs together.
    "one_trend": Family(structureless.trend, "one curve"),
    "one_walk": Family(structureless.walk, "one curve"),
    "one_sine": Family(structureless.sine, "one curve"),
    "one_line": Family(structureless.line, "one curve"),
    "one_ring": Family(structureless.ring, "one curve"),
    "one_disc": Family(structureless.disc, "one curve", 0.7),
    "one_sheet": Family(structureless.sheet, "one curve", 0.7),
}

# Kinds of tables that nothing is fitted on, counted apart.
STRANGERS: dict[str, Family] = {
    **{
        f"strange_{draw.__name__}": Family(draw, kind)
        for kind, draws in {
            "one group": (
                strangers.composition,
                strangers.sphere,
                strangers.low_rank,
                strangers.two_spreads,
                strangers.laplace,
                strangers.bounded,
                strangers.fan,
                strangers.bent,
                strangers.sensors,
            ),
            "one curve": (strangers.corner, strangers.hours),
            "apart": (
                strangers.spread_of_each,
                strangers.peaked,
                strangers.in_a_haze,
                strangers.with_idle_columns,
                strangers.on_a_line,
            ),
            "columns": (strangers.growing, strangers.mixtures_of_shares, strangers.answers),
            "shaped": (strangers.shells, strangers.letters),
        }.items()
        for draw in draws
    },
}
