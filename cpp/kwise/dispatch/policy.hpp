// Dispatch: every number that decides which path is taken, as pure functions of a shape or of what
// was counted. All stages ask here and none decides by itself; check_policy walks them over a grid
// of shapes. They were found by measurement, and no answer depends on any of them. What differs by
// instruction set stands in simd/targets/filter_limits.inl and is handed in. Called by every stage.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "kwise/dispatch/kernels.hpp"

namespace kwise {

struct Shape {
    std::size_t n_rows, n_features, n_centers;  // no centers: it is not known how many
};

// --- Which form of the rows a descent reads ------------------------------------------------------

// A grid of cells in space has bits for so many features.
constexpr std::size_t morton_features = 4;
// Rows of more features are faster as they are or in scaled int16.
constexpr std::size_t int16_features = 32;

// Whether rows are worth putting in Morton order, and assigning block by block.
inline bool morton_serves(const Shape& shape) {
    return shape.n_features <= 2 ? shape.n_rows >= 16'384
                                 : shape.n_features == 3 && shape.n_rows >= 200'000;
}
// Whether so many clusters are large beside most panels: in three features more of a cluster is
// border.
inline bool morton_pays(const Shape& shape) {
    const std::size_t n_panels = (shape.n_rows + panel_rows - 1) / panel_rows;
    const std::size_t panels_a_cluster = shape.n_features == 3 ? 256 : 16;
    return shape.n_centers >= 2 && n_panels >= panels_a_cluster * shape.n_centers;
}
// Whether enough of the panels are as small as clusters are.
inline bool morton_panels_serve(std::size_t n_small, std::size_t n_panels) {
    return 4 * n_small >= 3 * n_panels;
}

// Whether rows are worth rounding to int16 with one scale: few are not.
inline bool int16_serves(const Shape& shape) {
    return shape.n_rows >= 8192 && shape.n_features >= 4 && shape.n_features <= int16_features;
}
// Whether rounding to int16 with a scale a row pays, by features alone or with many centers.
inline bool scaled_int16_pays(const Shape& shape, const FilterLimits& limits = kernels().limits) {
    const auto& from = limits.scaled_int16;
    const bool many = shape.n_centers >= from.many_centers;
    return shape.n_features >= (many ? from.from_with_many : from.from) &&
           shape.n_features <= 32'768;
}

// How many centers the last line that applies allows.
template <std::size_t n>
std::size_t most_centers(const FilterLimit (&lines)[n], std::size_t n_features) {
    std::size_t most = 0;
    for (const FilterLimit& line : lines) {
        if (line.n_features > 0 && n_features >= line.n_features) most = line.n_centers;
    }
    return most;
}
// Whether rows that are seen again and again are best read row-major, as they are.
inline bool row_major_pays(const Shape& shape, const FilterLimits& limits = kernels().limits) {
    return shape.n_centers > 1 &&
           shape.n_centers <= most_centers(limits.row_major_descent, shape.n_features);
}

// What a data set is packed into before anything is asked of it; `nothing` also where the form is
// made when it is asked for. `as_they_are`: float32 rows that kernels can read in place.
enum class Packing { nothing, scaled_int16, float32 };
inline Packing plan_packing(const Shape& shape, bool as_they_are,
                            const FilterLimits& limits = kernels().limits) {
    if (shape.n_centers == 1 || (as_they_are && row_major_pays(shape, limits)) ||
        morton_serves(shape) || int16_serves(shape)) {
        return Packing::nothing;
    }
    return scaled_int16_pays(shape, limits) ? Packing::scaled_int16 : Packing::float32;
}

// Whether rows that are seen once are ranked in int8 first: scores of all centers are kept for the
// rows in hand, and sums of products must fit.
inline bool int8_pays(const Shape& shape, const FilterLimits& limits = kernels().limits) {
    return limits.int8.n_features > 0 && shape.n_features >= limits.int8.n_features &&
           shape.n_features <= 16'384 && shape.n_centers >= limits.int8.n_centers &&
           shape.n_centers <= 4096 && shape.n_rows >= 1024;
}
// Whether tiles of bytes multiply such centers, where there are tiles: ranking, which is the same
// either way, is as dear as short products.
inline bool int8_tiles_pay(std::size_t n_features, std::size_t n_centers) {
    return n_centers >= int8_tile_centers && n_features * n_centers >= 32'000;
}
// Where int8 leaves so many pairs of rows and centers open, int16 is cheaper for the chunk's rest.
inline bool int8_fails(std::size_t n_pairs, std::size_t n_rows, std::size_t n_centers) {
    return n_pairs * 8 > n_rows * n_centers;
}

// Whether descents label in int8 while bounds spare few rows: these are rounded for every scan.
inline bool int8_descent_pays(const Shape& shape, const FilterLimits& limits = kernels().limits) {
    return int8_pays(shape, limits) && shape.n_features * shape.n_centers >= 32'000;
}
// Whether bounds spare so many rows of a chunk that the active ones are picked.
inline bool few_are_active(std::size_t n_active, std::size_t n_rows) {
    return n_active * 4 < n_rows;
}
// Whether int8 told so little that it stays out of descents for a while.
inline bool int8_descent_fails(std::size_t n_left, std::size_t n_seen) {
    return n_left * 4 > n_seen;
}
constexpr std::size_t int8_cooldown = 4;

// Rows that are seen once, row-major: float32 panels, rows as they are, or rows in scaled int16 or
// int8.
enum class FilterKind { float32, row_major, scaled_int16, int8 };
inline FilterKind plan_prediction(const Shape& shape,
                                  const FilterLimits& limits = kernels().limits) {
    if (shape.n_centers <= most_centers(limits.row_major, shape.n_features)) {
        return FilterKind::row_major;
    }
    if (int8_pays(shape, limits)) return FilterKind::int8;
    return scaled_int16_pays(shape, limits) ? FilterKind::scaled_int16 : FilterKind::float32;
}

// --- Bounds --------------------------------------------------------------------------------------

// `work` is centers times features and one; below this a look at the bound costs more than a scan.
inline bool bounds_pay(std::size_t work) {
    return work >= 24;
}
// Whether so many rows were scanned anyway that bounds cool down, and for how many assignments:
// none where a bound costs next to nothing beside a scan.
inline bool bounds_fail(double share_scanned) {
    return share_scanned > 0.7;
}
inline std::size_t bounds_cooldown(std::size_t work) {
    return work >= 256 ? 0 : 3;
}

// Whether to tell apart which centers are within reach of a row (bounds/reach.hpp): distances
// between all centers must be little beside a scan, and a row's own distance beside its scan.
inline bool reach_pays(const Shape& shape) {
    return shape.n_centers >= 4 && shape.n_centers <= 1'024 &&
           shape.n_rows >= 256 * shape.n_centers && shape.n_centers * (shape.n_features + 1) >= 256;
}
// Whether margins spare so few rows that some are looked at for what reach would spare, and whether
// that is enough to begin. Where it is not, the next look is after twice as many assignments.
inline bool reach_is_looked_at(double share_scanned) {
    return share_scanned > 0.25;
}
constexpr std::size_t reach_rows = 1'024;
inline bool reach_begins(double share_spared) {
    return share_spared > 0.75;
}

// Whether a scan is dear enough for a bound a group of centers: few rows are not worth making
// groups for, and the bounds take at most twice as many bytes as the rows in scaled int16.
inline bool yinyang_pays(const Shape& shape) {
    return shape.n_rows >= 16 * shape.n_centers && shape.n_centers >= 64 &&
           shape.n_centers * shape.n_features >= 40'000 && shape.n_centers <= 16 * shape.n_features;
}
// Where more groups are active for the rows of a chunk, scanning all costs less than lists.
inline std::size_t most_active_groups(std::size_t n_rows, std::size_t n_groups) {
    return static_cast<std::size_t>(0.45 * static_cast<double>(n_rows * n_groups));
}
// Where all groups were scanned for most rows, Yinyang bounds only cost.
inline bool yinyang_fails(std::size_t n_all, std::size_t n_seen) {
    return n_all * 4 > n_seen * 3;
}
constexpr std::size_t yinyang_cooldown = 4;
// Whether centers travel little by now.
inline bool moves_are_few(std::size_t n_moved, std::size_t n_rows) {
    return n_moved * 8 < n_rows;
}

// Whether a fit of so many rows has regions so short that waking threads for each would not pay.
inline bool regions_are_short(const Shape& shape) {
    return shape.n_rows <= 65'536 && shape.n_features <= 64;
}

// --- One assignment or prediction
// --------------------------------------------------------------------

// Rough nanoseconds of work to look at all rows: only to judge whether threads pay.
inline double scan_cost(const Shape& shape) {
    const auto n = static_cast<double>(shape.n_rows);
    const double pairs = n * static_cast<double>(shape.n_centers);
    return 5.0 * n + 0.03 * pairs * static_cast<double>(shape.n_features + 4);
}
// Whether to gather the active rows of a chunk instead of scanning all in place.
inline bool gathering_pays(std::size_t n_active, std::size_t n_rows) {
    return n_active * 2 <= n_rows;
}
// Where int16 leaves so many rows uncertain, float32 is cheaper from now on.
inline bool int16_fails(std::size_t n_uncertain, std::size_t n_scanned, std::size_t n_rows) {
    return n_uncertain > std::max(n_scanned, n_rows / 2) / 20;
}
// Where scaled int16 leaves most rows uncertain, float32 alone is cheaper for a while.
inline bool scaled_int16_fails(std::size_t n_uncertain, std::size_t n_seen) {
    return n_uncertain * 2 > n_seen;
}
constexpr std::size_t scaled_int16_cooldown = 8;
// So few rows are decided as fast by canonical distances as in a float64 panel that is nearly
// empty.
inline bool canonical_pays(std::size_t n_undecided) {
    return n_undecided <= 4;
}

// --- Seeding -------------------------------------------------------------------------------------

// Whether the labels that seeding knows save a descent more than they cost. Rows in Morton order
// are decided by the boxes around them: labels would first have to be sorted so.
inline bool first_labels_pay(const Shape& shape) {
    return shape.n_centers * shape.n_features >= 1500 && !morton_serves(shape);
}
// Whether it is cheaper to decide the rows of a chunk that have no label than to scan all.
inline bool first_labels_serve(std::size_t n_unknown, std::size_t n_rows) {
    return n_unknown * 8 <= n_rows;
}
// Whether rows are put in Morton order, so that whole panels can be passed over.
inline bool sorted_seeding_pays(const Shape& shape) {
    return shape.n_features <= morton_features && shape.n_rows >= 4096 && shape.n_centers >= 8;
}
// How many pairs of features are multiplied before it is asked whether these alone rule a trial
// out: all, where they are few. Between groups about three times as far apart as within, the share
// of the first is surely large enough where there are so many more than a third of them as deviate.
inline std::size_t first_pairs(std::size_t n_features) {
    const std::size_t n_pairs = (n_features + 1) / 2;
    if (n_features < 128) return n_pairs;
    const auto d = static_cast<double>(n_features);
    return static_cast<std::size_t>((d / 3.0 + 4.0 * std::sqrt(d)) / 2.0);
}
// Whether so many of the panels had rows that trials might bring nearer that asking gains nothing.
inline bool ruling_out_fails(std::size_t n_marked, std::size_t n_pairs) {
    return n_marked * 2 > n_pairs;
}
// Whether the filter left so many steps undecided that it is of no use on these data.
inline bool trial_filter_fails(std::size_t n_undecided, std::size_t n_seeds) {
    return n_undecided > 8 &&
           static_cast<double>(n_undecided) > 0.25 * static_cast<double>(n_seeds);
}
// Whether some value lies so far out, in deviations, that rows rounded to one unit for all say
// little of the others: these are then near their seeds beside the ways between seeds.
inline bool triangle_pays(double largest, double variance) {
    return largest * largest > 1e4 * variance;
}
// Whether that left so many of the pairs of row and trial that reading all rows is cheaper.
inline bool triangle_fails(std::size_t n_measured, std::size_t n_pairs) {
    return n_measured * 8 > n_pairs;
}
// Whether to look at all rows, one after the other, instead of listing those of some panels.
inline bool sweep_pays(std::size_t n_panels_listed, std::size_t n_panels) {
    return 2 * n_panels_listed > n_panels;
}
// Whether most trials of a batch want most of the panels that any of them wants.
inline bool trials_go_together(std::size_t n_wanted, std::size_t n_trials, std::size_t n_panels) {
    return 2 * n_wanted >= n_trials * n_panels;
}

// --- Memory --------------------------------------------------------------------------------------

// Bytes of a copy that need not be given back.
inline bool is_small_copy(std::size_t bytes) {
    return bytes < 8'000'000;
}
// Whether so many bytes a row beside the caller's are more than one copy of the data and 16 bytes.
inline bool is_too_much(std::size_t bytes_a_row, std::size_t bytes_of_a_row_given) {
    return bytes_a_row > bytes_of_a_row_given + 16;
}

// --- Measures ------------------------------------------------------------------------------------

// Up to so many clusters every row keeps its sum of distances for each.
constexpr std::size_t symmetric_clusters = 32;
inline bool silhouette_is_symmetric(std::size_t n_clusters) {
    return n_clusters <= symmetric_clusters;
}
// Whether distances are roots of canonical squared distances, without an expansion.
inline bool direct_distances_pay(std::size_t n_features) {
    return n_features <= 4;
}

}  // namespace kwise
