#include "kwise/silhouette.hpp"

#include <algorithm>
#include <limits>

#include "kwise/parallel.hpp"

namespace kwise {
namespace {

std::size_t round_up(std::size_t n, std::size_t to) {
    return (n + to - 1) / to * to;
}

// Mean of every feature, each summed by one thread in row order.
template <class T>
std::vector<double> feature_means(const RowView<T>& rows, int n_threads) {
    std::vector<double> means(rows.n_features);
    parallel_for(rows.n_features, n_threads, [&](std::size_t i, int) {
        double sum = 0.0;
        for (std::size_t row = 0; row < rows.n_rows; ++row) {
            sum += static_cast<double>(kwise::value_of(rows, row, i)) /
                   static_cast<double>(rows.n_rows);
        }
        means[i] = sum;
    });
    return means;
}

}  // namespace

template <class T>
Silhouette::Silhouette(const RowView<T>& rows, const std::int32_t* codes, std::size_t n_clusters,
                       int n_threads)
    : n_rows_(rows.n_rows),
      n_features_(rows.n_features),
      n_clusters_(n_clusters),
      n_threads_(n_threads),
      symmetric_(n_clusters <= symmetric_limit) {
    lay_out(codes, rows.n_rows);
    pack(rows);
    if (symmetric_) {
        sums_.assign(n_clusters_ * padded_, 0.0);
        // Round 0 is every block with itself; an odd number of blocks gets a partner that rests.
        n_steps_ = round_up(blocks_.size(), 2);
    } else {
        own_.assign(padded_, 0.0);
        nearest_.assign(padded_, std::numeric_limits<double>::infinity());
        n_steps_ = (padded_ / panel_rows + step_panels - 1) / step_panels;
    }
}

void Silhouette::lay_out(const std::int32_t* codes, std::size_t n_rows) {
    sizes_.assign(n_clusters_, 0);
    for (std::size_t row = 0; row < n_rows; ++row) ++sizes_[static_cast<std::size_t>(codes[row])];
    starts_.resize(n_clusters_ + 1);
    const std::size_t padding = symmetric_ ? panel_rows : granule;
    for (std::size_t c = 0; c < n_clusters_; ++c) {
        starts_[c] = padded_;
        const std::size_t end = padded_ + round_up(sizes_[c], padding);
        for (std::size_t first = padded_; first < end; first += block_panels * panel_rows) {
            blocks_.push_back({c, first, std::min(end - first, block_panels * panel_rows)});
        }
        padded_ = end;
    }
    padded_ = round_up(padded_, panel_rows);
    starts_[n_clusters_] = padded_;
    cluster_.assign(padded_, -1);
    position_.resize(n_rows);
    std::vector<std::size_t> next = starts_;
    for (std::size_t row = 0; row < n_rows; ++row) {
        position_[row] = next[static_cast<std::size_t>(codes[row])]++;
        cluster_[position_[row]] = codes[row];
    }
}

template <class T>
void Silhouette::pack(const RowView<T>& rows) {
    panels_ = Buffer<double>(padded_ / panel_rows * stride());
    present_ = Buffer<double>(padded_);
    std::fill_n(panels_.data(), panels_.size(), 0.0);
    std::fill_n(present_.data(), padded_, 0.0);
    const std::vector<double> means = feature_means(rows, n_threads_);
    constexpr std::size_t chunk = 4096;
    parallel_for((n_rows_ + chunk - 1) / chunk, n_threads_, [&](std::size_t c, int) {
        const std::size_t end = std::min(n_rows_, (c + 1) * chunk);
        for (std::size_t row = c * chunk; row < end; ++row) {
            const std::size_t at = position_[row];
            double* lane = panels_.data() + at / panel_rows * stride() + at % panel_rows;
            double square = 0.0;
            for (std::size_t i = 0; i < n_features_; ++i) {
                const double value = static_cast<double>(kwise::value_of(rows, row, i)) - means[i];
                lane[i * panel_rows] = value;
                square += value * value;
            }
            lane[n_features_ * panel_rows] = square;
            present_[at] = 1.0;
        }
    });
}

void Silhouette::run(std::size_t step) {
    if (!symmetric_) {
        const std::size_t first = step * step_panels;
        const std::size_t last = std::min(first + step_panels, padded_ / panel_rows);
        parallel_for((last - first + 1) / 2, n_threads_, [&](std::size_t chunk, int) {
            pass(first + 2 * chunk, std::min<std::size_t>(2, last - first - 2 * chunk));
        });
        return;
    }
    const std::size_t n = round_up(blocks_.size(), 2);
    if (step == 0) {
        parallel_for(blocks_.size(), n_threads_,
                     [&](std::size_t b, int) { meet(blocks_[b], blocks_[b]); });
        return;
    }
    // The circle method: the last place stays, the others turn by one place each round.
    parallel_for(n / 2, n_threads_, [&](std::size_t table, int) {
        const std::size_t turn = step - 1;
        const std::size_t a = (turn + table) % (n - 1);
        const std::size_t b = table == 0 ? n - 1 : (turn + (n - 1) - table) % (n - 1);
        if (a < blocks_.size() && b < blocks_.size()) meet(blocks_[a], blocks_[b]);
    });
}

void Silhouette::meet(const Block& a, const Block& b) {
    DistanceTile tile;
    tile.panels = panel_of(a.first);
    tile.n_panels = a.count / panel_rows;
    tile.present = present_.data() + a.first;
    tile.others = panels_.data();
    tile.others_present = present_.data();
    tile.first = b.first;
    tile.count = b.count;
    tile.n_features = n_features_;
    tile.sums = sums_.data() + b.cluster * padded_ + a.first;
    // A block with itself has every pair twice already.
    tile.other_sums = &a == &b ? nullptr : sums_.data() + a.cluster * padded_;
    kernels().distance_sums(tile);
}

void Silhouette::pass(std::size_t first_panel, std::size_t n_panels) {
    double sums[2 * panel_rows];
    const std::size_t base = first_panel * panel_rows, n = n_panels * panel_rows;
    for (std::size_t c = 0; c < n_clusters_; ++c) {
        std::fill_n(sums, n, 0.0);
        kernels().distance_sums({panel_of(base), n_panels, present_.data() + base, panels_.data(),
                                 present_.data(), starts_[c], sizes_[c], n_features_, sums,
                                 nullptr});
        for (std::size_t i = 0; i < n; ++i) {
            if (cluster_[base + i] == static_cast<std::int32_t>(c)) {
                own_[base + i] = sums[i];
            } else {
                const double mean = sums[i] / static_cast<double>(sizes_[c]);
                nearest_[base + i] = std::min(nearest_[base + i], mean);
            }
        }
    }
}

double Silhouette::value_of(std::size_t packed) const {
    const std::size_t own = static_cast<std::size_t>(cluster_[packed]);
    if (sizes_[own] < 2) return 0.0;
    double within = 0.0, nearest = std::numeric_limits<double>::infinity();
    if (symmetric_) {
        for (std::size_t c = 0; c < n_clusters_; ++c) {
            const double sum = sums_[c * padded_ + packed];
            if (c == own) {
                within = sum;
            } else {
                nearest = std::min(nearest, sum / static_cast<double>(sizes_[c]));
            }
        }
    } else {
        within = own_[packed];
        nearest = nearest_[packed];
    }
    within /= static_cast<double>(sizes_[own] - 1);
    const double largest = std::max(within, nearest);
    return largest > 0.0 ? (nearest - within) / largest : 0.0;
}

void Silhouette::values(double* out) const {
    for (std::size_t row = 0; row < n_rows_; ++row) out[row] = value_of(position_[row]);
}

void Silhouette::sums_of(const std::int64_t* chosen, std::size_t n_chosen, double* out) const {
    const std::size_t n_panels = (n_chosen + panel_rows - 1) / panel_rows;
    parallel_for(n_panels, n_threads_, [&](std::size_t p, int) {
        std::vector<double> panel(stride(), 0.0);
        double sums[panel_rows], present[panel_rows] = {};
        const std::size_t first = p * panel_rows, n = std::min(panel_rows, n_chosen - first);
        for (std::size_t i = 0; i < n; ++i) {
            const std::size_t at = position_[static_cast<std::size_t>(chosen[first + i])];
            const double* lane = panel_of(at) + at % panel_rows;
            for (std::size_t f = 0; f <= n_features_; ++f) {
                panel[f * panel_rows + i] = lane[f * panel_rows];
            }
        }
        for (std::size_t c = 0; c < n_clusters_; ++c) {
            std::fill_n(sums, panel_rows, 0.0);
            kernels().distance_sums({panel.data(), 1, present, panels_.data(), present_.data(),
                                     starts_[c], sizes_[c], n_features_, sums, nullptr});
            for (std::size_t i = 0; i < n; ++i) out[(first + i) * n_clusters_ + c] = sums[i];
        }
    });
}

template Silhouette::Silhouette(const RowView<float>&, const std::int32_t*, std::size_t, int);
template Silhouette::Silhouette(const RowView<double>&, const std::int32_t*, std::size_t, int);

}  // namespace kwise
