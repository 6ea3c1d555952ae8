// The distances of a silhouette, once rows are placed (silhouette_blocks.cpp): step by step, on
// both sides of a pair at once where clusters are few, row by row where they are many.
#include "kwise/metrics/silhouette.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "kwise/base/parallel.hpp"

namespace kwise {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
// Distances start at 1e-150 rather than 0 (the kernel's least_square) in units where the largest
// coordinate is about 1; sums up to here are sums of nothing.
constexpr double nothing = 1e-140;

}  // namespace

// Steps go in order, since each adds to the same sums; what one step holds may be done by any
// threads. Symmetric: a round of pairs, in which every block is in one pair at most, so that no two
// threads write the same sums. Else: some strips of rows, which share nothing.
void Silhouette::run(std::size_t step) {
    if (symmetric_) {
        const std::size_t first = schedule_.starts[step], last = schedule_.starts[step + 1];
        parallel_for(last - first, n_threads_, [&](std::size_t place, int) {
            const BlockPair& pair = schedule_.pairs[first + place];
            add_pair(blocks_[pair.a], blocks_[pair.b]);
        });
        return;
    }
    const std::size_t base = step * step_strips * strip_rows;
    const std::size_t n = std::min(padded_ - base, step_strips * strip_rows);
    parallel_for((n + strip_rows - 1) / strip_rows, n_threads_, [&](std::size_t strip, int) {
        // Rows of the strip that are there, padding left out.
        std::size_t packed[strip_rows] = {}, count = 0;
        Found found[strip_rows] = {};
        const std::size_t first = base + strip * strip_rows;
        for (std::size_t at = first; at < std::min(padded_, first + strip_rows); ++at) {
            if (cluster_[at] >= 0) packed[count++] = at;
        }
        pass(packed, count, found);
        for (std::size_t i = 0; i < count; ++i) found_[packed[i]] = found[i];
    });
}

// Both directions of a pair at once: distances are the dear part.
void Silhouette::add_pair(const Block& a, const Block& b) {
    if (&a == &b) {
        add_within(a);
    } else {
        add_distances(a, 0, a.count, b, 0, b.count);
    }
}

// Rows of a block with one another: in small parts, each with itself, where every distance comes
// twice, and with all behind it, where it comes once and is added on both sides.
void Silhouette::add_within(const Block& block) {
    constexpr std::size_t part = 4 * tile_panel;
    for (std::size_t first = 0; first < block.count; first += part) {
        // What is behind these rows in the block.
        const std::size_t n = std::min(part, block.count - first), rest = first + n;
        add_distances(block, first, n, block, first, n);
        if (rest < block.count) {
            add_distances(block, first, n, block, rest, block.count - rest);
        }
    }
}

// The distances between rows [first, first + n) of a and others of b, counted from the blocks'
// beginnings, added to what each row has for the other's cluster. All multiples of a panel.
void Silhouette::add_distances(const Block& a, std::size_t first, std::size_t n, const Block& b,
                               std::size_t other_first, std::size_t n_others) {
    const std::size_t row = a.first + first, other = b.first + other_first;
    const bool plain = a.plain && b.plain;
    DistanceTile tile;
    tile.rows = panel_of(row);
    tile.weights = plain ? nullptr : weights_.data() + row;
    tile.n_panels = n / tile_panel;
    tile.others = panel_of(other);
    tile.other_weights = plain ? nullptr : weights_.data() + other;
    tile.n_other_panels = n_others / tile_panel;
    tile.n_features = n_features_;
    // Sums lie by cluster: a row's to b's cluster, and others' to a's.
    tile.sums = sums_.data() + b.cluster * padded_ + row;
    // Rows with themselves have every pair twice already.
    tile.other_sums = row == other ? nullptr : sums_.data() + a.cluster * padded_ + other;
    kernels().distance_sums(tile);
}

// Some rows, up to a strip, past every cluster that counts for one of them: their sums to their own
// cluster and the least mean of another. Clusters that do not count for a row but for its neighbors
// are looked at all the same, which changes no minimum.
void Silhouette::pass(const std::size_t* packed, std::size_t n, Found* found) const {
    std::vector<double> strip(2 * stride(), 0.0), row(n_features_), scratch(n_clusters_);
    std::vector<unsigned char> needed(n_clusters_), any(n_clusters_, selective_ ? 0 : 1);
    for (std::size_t i = 0; i < n; ++i) {
        const double* lane = panel_of(packed[i]) + packed[i] % tile_panel;
        gather(packed[i], i, strip.data());
        const std::size_t own = static_cast<std::size_t>(cluster_[packed[i]]);
        found[i] = {0.0, infinity};
        // Once more for each row: keys held only the nearest mean.
        if (selective_) {
            for (std::size_t f = 0; f < n_features_; ++f) row[f] = lane[f * tile_panel];
            balls_.find(row.data(), own, scratch.data(), needed.data());
            for (std::size_t c = 0; c < n_clusters_; ++c) any[c] |= needed[c];
        }
        // Its own always.
        any[own] = 1;
    }
    for (std::size_t c = 0; c < n_clusters_; ++c) {
        if (!any[c]) continue;
        // A cluster may be large; on threads other than the caller's it does nothing.
        poll_interrupt();
        double sums[strip_rows] = {};
        add_cluster(strip.data(), 1, c, sums);
        for (std::size_t i = 0; i < n; ++i) {
            if (cluster_[packed[i]] == static_cast<std::int32_t>(c)) {
                found[i].own = sums[i];
            } else if (masses_[c] > 0.0) {
                // Sums to the row's own cluster are no candidate; a cluster without mass has no
                // mean.
                found[i].nearest = std::min(found[i].nearest, sums[i] / masses_[c]);
            }
        }
    }
}

// Copies a row, with its halved square, to its place in a strip.
void Silhouette::gather(std::size_t packed, std::size_t place, double* strip) const {
    const double* lane = panel_of(packed) + packed % tile_panel;
    double* to = strip + place / tile_panel * stride() + place % tile_panel;
    for (std::size_t f = 0; f <= n_features_; ++f) to[f * tile_panel] = lane[f * tile_panel];
}

// Adds the distances from the rows of some strips to those of a cluster. Full panels of a cluster
// without weights take the plain kernel; the last one, or all with weights, the weighted one, where
// padding weighs nothing. Places of the strips that hold no row are zeros, and their sums are not
// read.
void Silhouette::add_cluster(const double* strips, std::size_t n_strips, std::size_t cluster,
                             double* sums) const {
    static constexpr auto ones = [] {
        std::array<double, most_together * strip_rows> all{};
        for (double& one : all) one = 1.0;
        return all;
    }();
    const std::size_t first = starts_[cluster],
                      n_panels = (starts_[cluster + 1] - first) / tile_panel;
    const std::size_t plain = weighted_ ? 0 : sizes_[cluster] / tile_panel;
    if (plain > 0) {
        kernels().distance_sums({strips, nullptr, 2 * n_strips, panel_of(first), nullptr, plain,
                                 n_features_, sums, nullptr});
    }
    if (plain < n_panels) {
        const std::size_t rest = first + plain * tile_panel;
        kernels().distance_sums({strips, ones.data(), 2 * n_strips, panel_of(rest),
                                 weights_.data() + rest, n_panels - plain, n_features_, sums,
                                 nullptr});
    }
}

// From the sums, or what pass() found. Only clusters that may be the nearest are looked at: others
// were not summed up for this block.
Silhouette::Found Silhouette::found_of(std::size_t packed) const {
    if (!symmetric_) return found_[packed];
    const std::size_t own = static_cast<std::size_t>(cluster_[packed]);
    const Block& block = blocks_[block_of_[packed / tile_panel]];
    Found found{sums_[own * padded_ + packed], infinity};
    for (std::size_t c = 0; c < n_clusters_; ++c) {
        if (needs(block, c)) {
            found.nearest = std::min(found.nearest, sums_[c * padded_ + packed] / masses_[c]);
        }
    }
    return found;
}

// (b - a) / max(a, b). One copy of the row is left out of its own cluster; where nothing else is in
// it, or no other cluster has mass, the silhouette is 0 by definition.
double Silhouette::value_of(std::size_t packed, const Found& found) const {
    const double rest =
        masses_[static_cast<std::size_t>(cluster_[packed])] - std::min(weights_[packed], 1.0);
    if (!(rest > 0.0) || found.nearest == infinity) return 0.0;
    const double within = found.own / rest;
    const double largest = std::max(within, found.nearest);
    return largest > nothing ? (found.nearest - within) / largest : 0.0;
}

// After all steps.
void Silhouette::values(double* out) const {
    for (std::size_t row = 0; row < n_rows_; ++row) {
        out[row] = value_of(position_[row], found_of(position_[row]));
    }
}

void Silhouette::values_of(const std::int64_t* chosen, std::size_t n_chosen, double* out) const {
    // Neighbors in the packed order have the same candidates.
    std::vector<std::pair<std::size_t, std::size_t>> places(n_chosen);
    for (std::size_t i = 0; i < n_chosen; ++i) {
        places[i] = {position_[static_cast<std::size_t>(chosen[i])], i};
    }
    // By place, then by the order asked for.
    std::sort(places.begin(), places.end());
    const std::size_t n_strips = (n_chosen + strip_rows - 1) / strip_rows;
    parallel_for(n_strips, n_threads_, [&](std::size_t strip, int) {
        std::size_t packed[strip_rows] = {};
        Found found[strip_rows] = {};
        const std::size_t first = strip * strip_rows, n = std::min(strip_rows, n_chosen - first);
        for (std::size_t i = 0; i < n; ++i) packed[i] = places[first + i].first;
        pass(packed, n, found);
        for (std::size_t i = 0; i < n; ++i) {
            out[places[first + i].second] = value_of(packed[i], found[i]);
        }
    });
}

// Chosen rows may be any, twice too: every row of a strip is measured against all clusters. In
// scaled units, the same for all. Strips that go together read the others' rows once from memory;
// each is computed as if it went alone, so that their number changes no bit.
void Silhouette::sums_of(const std::int64_t* chosen, std::size_t n_chosen, double* out) const {
    const std::size_t n_strips = (n_chosen + strip_rows - 1) / strip_rows;
    // Twice as many tasks as threads, lest one waits for another that is slow.
    const std::size_t tasks = 2 * static_cast<std::size_t>(std::max(n_threads_, 1));
    const std::size_t together = std::clamp<std::size_t>(n_strips / tasks, 1, most_together);
    parallel_for((n_strips + together - 1) / together, n_threads_, [&](std::size_t number, int) {
        const std::size_t first = number * together * strip_rows;
        const std::size_t n = std::min(together * strip_rows, n_chosen - first);
        const std::size_t count = (n + strip_rows - 1) / strip_rows;
        std::vector<double> strips(count * 2 * stride(), 0.0);
        for (std::size_t i = 0; i < n; ++i) {
            gather(position_[static_cast<std::size_t>(chosen[first + i])], i, strips.data());
        }
        for (std::size_t c = 0; c < n_clusters_; ++c) {
            poll_interrupt();
            double sums[most_together * strip_rows] = {};
            add_cluster(strips.data(), count, c, sums);
            for (std::size_t i = 0; i < n; ++i) out[(first + i) * n_clusters_ + c] = sums[i];
        }
    });
}

}  // namespace kwise
