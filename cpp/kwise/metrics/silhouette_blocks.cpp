// How the rows of a silhouette are placed: scaled, sorted by cluster and candidates, packed, cut
// into blocks.
#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "kwise/base/parallel.hpp"
#include "kwise/dispatch/policy.hpp"
#include "kwise/metrics/silhouette.hpp"

namespace kwise {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
// Where a row's key has its own cluster: above 32 bits of candidates and as many as the nearest
// cluster takes in the symmetric case, above the nearest's 24 bits in the other.
constexpr int own_place = 40;

std::size_t round_up(std::size_t n, std::size_t to) {
    return (n + to - 1) / to * to;
}

// Parts that sums over all rows are cut into, whatever the number of threads; each is served in
// slices, so that an interrupt is heard.
constexpr std::size_t n_parts = 16;
template <class Body>
void in_parts(std::size_t n_rows, int n_threads, Body&& body) {
    // Rows between two looks for an interrupt.
    constexpr std::size_t slice = 1024;
    const std::size_t part_rows = (n_rows + n_parts - 1) / n_parts;
    parallel_for(n_parts, n_threads, [&](std::size_t part, int) {
        const std::size_t end = std::min(n_rows, (part + 1) * part_rows);
        for (std::size_t first = part * part_rows; first < end; first += slice) {
            body(part, first, std::min(end, first + slice));
            poll_interrupt();
        }
    });
}

// The sum of the parts' sums, in the first of them: in order.
void add_parts(std::vector<double>& sums) {
    const std::size_t size = sums.size() / n_parts;
    for (std::size_t part = 1; part < n_parts; ++part) {
        for (std::size_t i = 0; i < size; ++i) sums[i] += sums[part * size + i];
    }
}

}  // namespace

// Passes over the rows: mean, extent, sums by cluster, keys, packing. Rows are not needed
// afterwards. What is kept is float64: n_rows x (n_features + 1), and n_clusters sums a row where
// symmetric.
template <class T>
Silhouette::Silhouette(const RowView<T>& rows, const double* weights, const std::int32_t* codes,
                       std::size_t n_clusters, int n_threads, bool for_all)
    : n_rows_(rows.n_rows),
      n_features_(rows.n_features),
      n_clusters_(n_clusters),
      n_threads_(n_threads),
      symmetric_(for_all && silhouette_is_symmetric(n_clusters)),
      // With few rows a cluster, bounds cost as much as they spare.
      selective_(for_all && n_clusters > 2 && n_rows_ >= 16 * n_clusters),
      weighted_(weights != nullptr) {
    find_shift_and_scale(rows);
    measure(rows, weights, codes);
    lay_out(codes, keys(rows, codes));
    pack(rows, weights);
    if (symmetric_) {
        cut_blocks();
        // Pairs of blocks neither of which can be near the other's rows are left out.
        schedule_ = make_round_robin(blocks_.size(), [&](std::size_t a, std::size_t b) {
            const Block &of = blocks_[a], &with = blocks_[b];
            return of.cluster == with.cluster || needs(of, with.cluster) || needs(with, of.cluster);
        });
        sums_.assign(n_clusters_ * padded_, 0.0);
        n_steps_ = schedule_.size();
    } else {
        found_.assign(padded_, {0.0, infinity});
        n_steps_ = round_up(padded_, step_strips * strip_rows) / (step_strips * strip_rows);
    }
}

// One row, moved to the mean and scaled: silhouettes do not change, and no square overflows or
// loses digits to a far origin.
template <class T>
void Silhouette::read(const RowView<T>& rows, std::size_t row, double* out) const {
    for (std::size_t i = 0; i < n_features_; ++i) {
        out[i] = (static_cast<double>(kwise::value_of(rows, row, i)) - shift_[i]) * scale_;
    }
}

// The mean of every feature, and the power of two that brings the largest value to [0.5, 1). Shares
// are added up rather than values, so that sums of huge values do not overflow.
template <class T>
void Silhouette::find_shift_and_scale(const RowView<T>& rows) {
    const std::size_t d = n_features_;
    // The mean is only a shift: its last bits do not matter, its order does, for repeatable bits.
    const double share = 1.0 / static_cast<double>(n_rows_);
    std::vector<double> sums(n_parts * d, 0.0), largest_of(n_parts, 0.0);
    in_parts(n_rows_, n_threads_, [&](std::size_t part, std::size_t first, std::size_t last) {
        double* sum = sums.data() + part * d;
        for (std::size_t row = first; row < last; ++row) {
            for (std::size_t i = 0; i < d; ++i) {
                sum[i] += static_cast<double>(kwise::value_of(rows, row, i)) * share;
            }
        }
    });
    add_parts(sums);
    shift_.assign(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(d));
    in_parts(n_rows_, n_threads_, [&](std::size_t part, std::size_t first, std::size_t last) {
        for (std::size_t row = first; row < last; ++row) {
            for (std::size_t i = 0; i < d; ++i) {
                const double value = static_cast<double>(kwise::value_of(rows, row, i));
                largest_of[part] = std::max(largest_of[part], std::fabs(value - shift_[i]));
            }
        }
    });
    const double largest = *std::max_element(largest_of.begin(), largest_of.end());
    int exponent = 0;
    if (largest > 0.0) std::frexp(largest, &exponent);
    // Exponents that would leave float64's range are cut.
    scale_ = std::ldexp(1.0, std::clamp(-exponent, -1000, 1000));
}

// The sizes, masses and balls of the clusters. Balls only where they may spare something.
template <class T>
void Silhouette::measure(const RowView<T>& rows, const double* weights, const std::int32_t* codes) {
    sizes_.assign(n_clusters_, 0);
    masses_.assign(n_clusters_, 0.0);
    for (std::size_t row = 0; row < n_rows_; ++row) {
        const std::size_t c = static_cast<std::size_t>(codes[row]);
        // Rows, and what they weigh: the first place them, the second divide sums.
        ++sizes_[c];
        masses_[c] += weights == nullptr ? 1.0 : weights[row];
    }
    if (!selective_) return;
    const std::size_t width = n_features_ + 1;
    std::vector<double> sums(n_parts * n_clusters_ * width, 0.0);
    in_parts(n_rows_, n_threads_, [&](std::size_t part, std::size_t first, std::size_t last) {
        std::vector<double> values(n_features_);
        for (std::size_t row = first; row < last; ++row) {
            const std::size_t c = static_cast<std::size_t>(codes[row]);
            const double weight = weights == nullptr ? 1.0 : weights[row];
            double* sum = sums.data() + (part * n_clusters_ + c) * width;
            double square = 0.0;
            // About the data's mean, in units of its extent: so that spreads keep their digits.
            read(rows, row, values.data());
            for (std::size_t i = 0; i < n_features_; ++i) {
                sum[i] += weight * values[i];
                square += values[i] * values[i];
            }
            sum[n_features_] += weight * square;
        }
    });
    add_parts(sums);
    balls_ = BoundingBalls(sums.data(), masses_.data(), n_clusters_, n_features_);
}

// Rows are sorted by these: own cluster, the one of nearest mean, all that may be nearest. From the
// highest bit on, so that sorting keys sorts by cluster first. In the case that is not symmetric
// candidates are found again row by row, and the key has the nearest mean alone.
template <class T>
std::vector<std::uint64_t> Silhouette::keys(const RowView<T>& rows,
                                            const std::int32_t* codes) const {
    std::vector<std::uint64_t> found(n_rows_);
    in_parts(n_rows_, n_threads_, [&](std::size_t, std::size_t first, std::size_t last) {
        std::vector<double> values(n_features_), scratch(n_clusters_);
        std::vector<unsigned char> needed(n_clusters_);
        for (std::size_t row = first; row < last; ++row) {
            const std::size_t own = static_cast<std::size_t>(codes[row]);
            std::size_t nearest = 0;
            if (selective_) {
                read(rows, row, values.data());
                nearest = balls_.find(values.data(), own, scratch.data(), needed.data());
            }
            std::uint64_t key = static_cast<std::uint64_t>(own) << own_place;
            // Rows with the same nearest mean stand together: they mostly have the same candidates.
            key |= std::uint64_t{nearest} << (symmetric_ ? symmetric_clusters : 0);
            for (std::size_t c = 0; symmetric_ && c < n_clusters_; ++c) {
                // Without bounds every other cluster with mass counts.
                const bool counts = selective_ ? needed[c] != 0 : c != own && masses_[c] > 0.0;
                key |= std::uint64_t{counts} << c;
            }
            found[row] = key;
        }
    });
    return found;
}

// Places rows by key, those of one key in their own order, and starts each cluster at a panel. Keys
// are few beside the rows, so they are counted and sorted rather than the rows.
void Silhouette::lay_out(const std::int32_t* codes, const std::vector<std::uint64_t>& keys) {
    std::unordered_map<std::uint64_t, std::size_t> bin_of;
    std::vector<std::pair<std::uint64_t, std::size_t>> counts;  // by bin, as first met
    std::vector<std::size_t> bins(n_rows_);
    for (std::size_t row = 0; row < n_rows_; ++row) {
        // Bins in the order in which they are met, until sorted below.
        const auto [at, fresh] = bin_of.try_emplace(keys[row], counts.size());
        if (fresh) counts.emplace_back(keys[row], 0);
        bins[row] = at->second;
        ++counts[at->second].second;
    }
    // Whole panels a cluster, so that no panel has rows of two.
    starts_.resize(n_clusters_ + 1);
    for (std::size_t c = 0; c < n_clusters_; ++c) {
        starts_[c] = padded_;
        padded_ += round_up(sizes_[c], tile_panel);
    }
    starts_[n_clusters_] = padded_;
    std::sort(counts.begin(), counts.end());
    std::vector<std::size_t> next(counts.size());
    // Where the next bin of each cluster goes; bins ascend by key.
    std::vector<std::size_t> in_cluster = starts_;
    for (const auto& [key, count] : counts) {
        const std::size_t c = static_cast<std::size_t>(key >> own_place);
        next[bin_of[key]] = in_cluster[c];
        in_cluster[c] += count;
    }
    cluster_.assign(padded_, -1);
    needed_.assign(symmetric_ ? padded_ / tile_panel : 0, 0);
    position_.resize(n_rows_);
    for (std::size_t row = 0; row < n_rows_; ++row) {
        const std::size_t at = position_[row] = next[bins[row]]++;
        cluster_[at] = codes[row];
        // The lower 32 bits are the candidates: a panel needs what any of its rows does.
        if (symmetric_) needed_[at / tile_panel] |= static_cast<std::uint32_t>(keys[row]);
    }
}

// Panels that may be padded are cleared first; each row then writes its own lane. Threads write
// different rows.
template <class T>
void Silhouette::pack(const RowView<T>& rows, const double* weights) {
    panels_ = Buffer<double>(padded_ / tile_panel * stride());
    weights_ = Buffer<double>(padded_);
    for (std::size_t c = 0; c < n_clusters_; ++c) {
        const std::size_t last = starts_[c + 1] - tile_panel;  // the panel that may be padded
        std::fill_n(panels_.data() + last / tile_panel * stride(), stride(), 0.0);
        std::fill_n(weights_.data() + last, tile_panel, 0.0);
    }
    in_parts(n_rows_, n_threads_, [&](std::size_t, std::size_t first, std::size_t last) {
        std::vector<double> values(n_features_);
        for (std::size_t row = first; row < last; ++row) {
            const std::size_t at = position_[row];
            double* lane = panels_.data() + at / tile_panel * stride() + at % tile_panel;
            read(rows, row, values.data());
            double square = 0.0;
            for (std::size_t i = 0; i < n_features_; ++i) {
                lane[i * tile_panel] = values[i];
                square += values[i] * values[i];
            }
            // As the kernel's expansion wants it (simd/measure/silhouette.inl).
            lane[n_features_ * tile_panel] = 0.5 * square;
            weights_[at] = weights == nullptr ? 1.0 : weights[row];
        }
    });
}

// About a hundred blocks keep any number of threads busy; more than some thousands would take
// memory for their pairs. Their number depends on the rows alone, so that the order of adding does.
void Silhouette::cut_blocks() {
    // Rows of a block.
    constexpr std::size_t smallest = 64, usual = 512;
    const std::size_t most = std::clamp(round_up(n_rows_ / 96, smallest), smallest, usual);
    block_of_.resize(padded_ / tile_panel);
    for (std::size_t c = 0; c < n_clusters_; ++c) {
        cut_cluster(c, std::max(most, round_up(n_rows_ / 2048, smallest)));
    }
}

// Cuts where a block is full, or large enough and other clusters begin to count: a block is as
// choosy as the least choosy of its rows. Only the last block of a cluster may be padded.
void Silhouette::cut_cluster(std::size_t cluster, std::size_t most) {
    // Up to `filled` places hold rows; padding to the panel's end follows.
    const std::size_t end = starts_[cluster + 1], filled = starts_[cluster] + sizes_[cluster];
    std::size_t first = starts_[cluster];
    std::uint32_t needed = needed_[first / tile_panel];
    for (std::size_t at = first; at < end; at += tile_panel) {
        const std::uint32_t next = needed_[at / tile_panel];
        if (at - first >= most || (at - first >= most / 4 && next != needed)) {
            blocks_.push_back({cluster, first, at - first, !weighted_, needed});
            first = at;
            needed = 0;
        }
        needed |= next;
        block_of_[at / tile_panel] = static_cast<std::uint32_t>(blocks_.size());
    }
    blocks_.push_back({cluster, first, end - first, !weighted_ && end == filled, needed});
}

template Silhouette::Silhouette(const RowView<float>&, const double*, const std::int32_t*,
                                std::size_t, int, bool);
template Silhouette::Silhouette(const RowView<double>&, const double*, const std::int32_t*,
                                std::size_t, int, bool);

}  // namespace kwise
