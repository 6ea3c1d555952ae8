#include "kwise/seeding.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "kwise/certificate.hpp"
#include "kwise/parallel.hpp"

namespace kwise {
namespace {

// From this many rows of a panel on, the canonical distances of all 32 are computed at once.
constexpr int whole_panel_from = 6;

template <class T>
class Seeding {
  public:
    Seeding(const Points<T>& points, std::size_t n_trials, int n_threads)
        : points_(points),
          n_trials_(n_trials),
          n_threads_(n_threads),
          nearest_(points.n_panels() * panel_rows),
          panel_sums_(points.n_panels()),
          bits_(points.n_panels() * n_trials) {
        for (int w = 0; w < std::max(1, n_threads); ++w) {
            workers_.push_back(std::make_unique<Worker>(points));
        }
        std::fill(nearest_.data(), nearest_.data() + nearest_.size(), T(0));
    }

    // The first seed: its distances become the potential.
    void start(std::size_t row) {
        for (std::size_t r = 0; r < points_.n_rows(); ++r) {
            nearest_[r] = std::numeric_limits<T>::infinity();
        }
        prepare({row});
        score();
        take(0);
    }

    std::size_t step(const double* uniforms) {
        std::vector<double> targets(n_trials_);
        const T potential = static_cast<T>(potential_);
        for (std::size_t t = 0; t < n_trials_; ++t) {
            targets[t] = uniforms[t] * static_cast<double>(potential);
        }
        const std::vector<std::size_t> candidates = look_up(targets);
        prepare(candidates);
        score();
        std::size_t best = 0;
        for (std::size_t t = 1; t < n_trials_; ++t) {
            if (static_cast<T>(potentials_[t]) < static_cast<T>(potentials_[best])) best = t;
        }
        take(best);
        return candidates[best];
    }

    // Index of the first running sum of weight * nearest that is not below each target.
    std::vector<std::size_t> look_up(const std::vector<double>& targets) const {
        std::vector<std::size_t> order(targets.size()), found(targets.size());
        for (std::size_t t = 0; t < order.size(); ++t) order[t] = t;
        std::sort(order.begin(), order.end(),
                  [&](std::size_t a, std::size_t b) { return targets[a] < targets[b]; });
        T sum = T(0);
        std::size_t row = 0, next = 0;
        for (; row < points_.n_rows() && next < order.size(); ++row) {
            sum += weighted(row);
            while (next < order.size() && static_cast<double>(sum) >= targets[order[next]]) {
                found[order[next++]] = row;
            }
        }
        while (next < order.size()) found[order[next++]] = points_.n_rows() - 1;
        return found;
    }

  private:
    struct Worker {
        explicit Worker(const Points<T>& points)
            : panel(points.n_features() * panel_rows), row(points.padded()) {}
        Buffer<double> panel;
        std::vector<double> row;
        std::size_t loaded = std::numeric_limits<std::size_t>::max();
    };

    T weighted(std::size_t row) const {
        return points_.weights() == nullptr ? nearest_[row]
                                            : points_.weights()[row] * nearest_[row];
    }

    void prepare(const std::vector<std::size_t>& rows) {
        trials_ = ExactCenters{rows.size(), points_.padded(), {}};
        trials_.values.resize(rows.size() * points_.padded());
        for (std::size_t t = 0; t < rows.size(); ++t) {
            points_.exact_row(rows[t], trials_.values.data() + t * points_.padded());
        }
        filter_.pack(trials_, points_.n_features(), points_.frame());
        potentials_.assign(rows.size(), 0.0);
    }

    // Potentials of all trials, and for each trial and panel the rows that it brings nearer.
    void score() {
        const std::size_t n = trials_.n_centers, n_chunks = points_.n_chunks();
        std::vector<double> partial(n_chunks * n, 0.0);
        parallel_for(n_chunks, n_threads_, [&](std::size_t chunk, int w) {
            Worker& worker = *workers_[static_cast<std::size_t>(w)];
            const std::size_t end = std::min(points_.n_panels(), (chunk + 1) * chunk_panels);
            for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
                score_panel(p, worker, partial.data() + chunk * n);
            }
        });
        for (std::size_t chunk = 0; chunk < n_chunks; ++chunk) {
            for (std::size_t t = 0; t < n; ++t) potentials_[t] += partial[chunk * n + t];
        }
    }

    void score_panel(std::size_t p, Worker& worker, double* potentials) {
        const std::size_t n = trials_.n_centers;
        std::uint32_t* bits = bits_.data() + p * n_trials_;
        find_candidates(p, bits);
        worker.loaded = std::numeric_limits<std::size_t>::max();
        for (std::size_t t = 0; t < n; ++t) {
            if (bits[t] == 0) {
                potentials[t] += panel_sums_[p];
                continue;
            }
            T improved[panel_rows];
            bits[t] = improve(p, t, bits[t], worker, improved);
            potentials[t] += bits[t] == 0 ? panel_sums_[p] : panel_sum(p, improved);
        }
    }

    // Rows of the panel whose distance to each trial may be below the distance that they have.
    void find_candidates(std::size_t p, std::uint32_t* bits) const {
        const float* panel = points_.panel(p);
        const std::size_t d = points_.n_features();
        const float* norms = panel + d * panel_rows;
        const float scale = static_cast<float>(points_.frame().scale * points_.frame().scale);
        float threshold[panel_rows];
        for (std::size_t r = 0; r < panel_rows; ++r) {
            const float square = norms[r] * norms[r] * (1.0f - 0x1p-20f);
            const float near =
                static_cast<float>(nearest_[p * panel_rows + r]) * scale * (1.0f + 0x1p-20f);
            const float gap = near - square;
            threshold[r] = gap + 0x1p-22f * (near + square);
        }
        const PackedCenters<float> centers = filter_.packed();
        const float* group = centers.values;
        for (std::size_t b = 0; b < centers.n_groups; ++b) {
            const std::size_t size = centers.group_sizes[b];
            kernels().below_f32(panel, d + 1, group, size, threshold, bits);
            group += size * (d + 2);
            bits += size;
        }
    }

    // The smaller of old and new distance for the rows in bits; returns those that got nearer.
    std::uint32_t improve(std::size_t p, std::size_t t, std::uint32_t bits, Worker& worker,
                          T* improved) const {
        const T* nearest = nearest_.data() + p * panel_rows;
        std::copy(nearest, nearest + panel_rows, improved);
        double distances[panel_rows];
        const double* center = trials_.row(t);
        if (__builtin_popcount(bits) >= whole_panel_from) {
            load_panel(p, worker);
            kernels().canonical_panel(worker.panel.data(), points_.n_features(), center, distances);
        } else {
            for (std::uint32_t rest = bits; rest != 0; rest &= rest - 1) {
                const int r = __builtin_ctz(rest);
                points_.exact_row(p * panel_rows + static_cast<std::size_t>(r), worker.row.data());
                distances[r] = kernels().canonical_row(worker.row.data(), center, points_.padded());
            }
        }
        std::uint32_t nearer = 0;
        for (std::uint32_t rest = bits; rest != 0; rest &= rest - 1) {
            const int r = __builtin_ctz(rest);
            const T distance = static_cast<T>(distances[r]);
            if (distance < improved[r]) {
                improved[r] = distance;
                nearer |= 1u << r;
            }
        }
        return nearer;
    }

    void load_panel(std::size_t p, Worker& worker) const {
        if (worker.loaded == p) return;
        worker.loaded = p;
        const std::size_t first = p * panel_rows;
        const std::size_t count = std::min(panel_rows, points_.n_rows() - first);
        for (std::size_t r = 0; r < panel_rows; ++r) {
            points_.exact_row(first + std::min(r, count - 1), worker.row.data());
            for (std::size_t i = 0; i < points_.n_features(); ++i) {
                worker.panel[i * panel_rows + r] = worker.row[i];
            }
        }
    }

    // Weighted sum over the panel's rows in a fixed order; rows past the end count nothing.
    double panel_sum(std::size_t p, const T* nearest) const {
        const std::size_t first = p * panel_rows;
        const std::size_t count = std::min(panel_rows, points_.n_rows() - first);
        double lane[8] = {};
        for (std::size_t r = 0; r < count; ++r) {
            lane[r % 8] += points_.weight(first + r) * static_cast<double>(nearest[r]);
        }
        return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
               ((lane[1] + lane[5]) + (lane[3] + lane[7]));
    }

    // Makes trial t a seed.
    void take(std::size_t t) {
        potential_ = potentials_[t];
        parallel_for(points_.n_chunks(), n_threads_, [&](std::size_t chunk, int w) {
            Worker& worker = *workers_[static_cast<std::size_t>(w)];
            const std::size_t end = std::min(points_.n_panels(), (chunk + 1) * chunk_panels);
            T improved[panel_rows];
            for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
                const std::uint32_t bits = bits_[p * n_trials_ + t];
                if (bits == 0) continue;
                worker.loaded = std::numeric_limits<std::size_t>::max();
                improve(p, t, bits, worker, improved);
                std::copy(improved, improved + panel_rows, nearest_.data() + p * panel_rows);
                panel_sums_[p] = panel_sum(p, improved);
            }
        });
    }

    const Points<T>& points_;
    std::size_t n_trials_;
    int n_threads_;
    Buffer<T> nearest_;
    Buffer<double> panel_sums_;
    Buffer<std::uint32_t> bits_;
    std::vector<std::unique_ptr<Worker>> workers_;
    ExactCenters trials_;
    FilterCenters<float> filter_;
    std::vector<double> potentials_;
    double potential_ = 0.0;
};

// Draws one row with probability proportional to its weight, as numpy's choice(n, p=...).
template <class T>
std::size_t draw_weighted(const Points<T>& points, double uniform) {
    double total = 0.0;
    std::vector<double> cumulative(points.n_rows());
    double weight_sum = 0.0;
    for (std::size_t r = 0; r < points.n_rows(); ++r) weight_sum += points.weight(r);
    for (std::size_t r = 0; r < points.n_rows(); ++r) {
        total += points.weight(r) / weight_sum;
        cumulative[r] = total;
    }
    for (double& each : cumulative) each /= total;
    const auto at = std::upper_bound(cumulative.begin(), cumulative.end(), uniform);
    return std::min(static_cast<std::size_t>(at - cumulative.begin()), points.n_rows() - 1);
}

}  // namespace

template <class T>
std::vector<std::size_t> kmeans_plusplus(const Points<T>& points, std::size_t n_clusters,
                                         const double* uniforms, std::size_t n_trials,
                                         int n_threads) {
    std::vector<std::size_t> seeds{draw_weighted(points, uniforms[0])};
    if (n_clusters == 1) return seeds;
    Seeding<T> seeding(points, n_trials, n_threads);
    seeding.start(seeds[0]);
    for (std::size_t c = 1; c < n_clusters; ++c) {
        poll_interrupt();
        seeds.push_back(seeding.step(uniforms + 1 + (c - 1) * n_trials));
    }
    return seeds;
}

template std::vector<std::size_t> kmeans_plusplus(const Points<float>&, std::size_t, const double*,
                                                  std::size_t, int);
template std::vector<std::size_t> kmeans_plusplus(const Points<double>&, std::size_t, const double*,
                                                  std::size_t, int);

}  // namespace kwise
