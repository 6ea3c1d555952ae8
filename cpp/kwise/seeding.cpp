#include "kwise/seeding.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <type_traits>

#include "kwise/certificate.hpp"
#include "kwise/draws.hpp"
#include "kwise/parallel.hpp"

namespace kwise {
namespace {

// From this many rows of a panel on, the canonical distances of all 32 are computed at once;
// float64 panels have to be filled first.
template <class T>
int whole_panel_from(std::size_t n_features) {
    if (std::is_same_v<T, double>) return 8;
    return n_features <= 8 ? 1 : 4;
}
constexpr std::size_t prefetch_distance = 6;  // panels

template <class T>
class Seeding {
  public:
    Seeding(const Points<T>& points, std::size_t n_trials, int n_threads)
        : points_(points),
          n_trials_(n_trials),
          n_threads_(useful_threads(static_cast<double>(points.n_rows()) *
                                        (2.0 + 0.2 * static_cast<double>(points.n_features())),
                                    n_threads)),
          nearest_(points.n_panels() * panel_rows),
          thresholds_(points.n_panels() * panel_rows),
          largest_norm_(points.n_panels()),
          panel_sums_(points.n_panels()),
          bits_(points.n_panels() * n_trials) {
        points.need_panels(n_threads_);
        for (int w = 0; w < std::max(1, n_threads); ++w) {
            workers_.push_back(std::make_unique<Worker>(points));
        }
        std::fill(nearest_.data(), nearest_.data() + points.n_rows(),
                  std::numeric_limits<T>::infinity());
        std::fill(nearest_.data() + points.n_rows(), nearest_.data() + nearest_.size(), T(0));
        for (std::size_t p = 0; p < points.n_panels(); ++p) {
            const float* norms = this->norms(p);
            largest_norm_[p] = *std::max_element(norms, norms + panel_rows);
        }
    }

    // The first seed: its distances become the potential.
    void start(std::size_t row) {
        prepare({row});
        std::fill(bits_.data(), bits_.data() + bits_.size(), ~0u);
        take(0);
    }

    std::size_t step(const double* uniforms) {
        std::vector<double> targets(n_trials_);
        const T potential = static_cast<T>(potential_);
        for (std::size_t t = 0; t < n_trials_; ++t) {
            targets[t] = uniforms[t] * static_cast<double>(potential);
        }
        candidates_ = look_up_running_sum(nearest_.data(), points_.weights(), points_.n_rows(),
                                          panel_sums_.data(), targets);
        prepare(candidates_);
        score();
        const std::size_t best = choose();
        take(best);
        return candidates_[best];
    }

  private:
    struct Worker {
        explicit Worker(const Points<T>& points)
            : panel(points.n_features() * panel_rows), row(points.padded()) {}
        Buffer<double> panel;
        std::vector<double> row;
    };

    void prepare(const std::vector<std::size_t>& rows) {
        trials_ = ExactCenters{rows.size(), points_.padded(), {}};
        trials_.values.resize(rows.size() * points_.padded());
        for (std::size_t t = 0; t < rows.size(); ++t) {
            points_.exact_row(rows[t], trials_.values.data() + t * points_.padded());
        }
        filter_.pack(trials_, points_.n_features(), points_.frame());
    }

    // How much each trial would lower the potential, as certain bounds; and for each trial and
    // panel the rows that it might bring nearer.
    void score() {
        const std::size_t n = trials_.n_centers, n_chunks = points_.n_chunks();
        std::vector<double> partial(n_chunks * 2 * n, 0.0);
        parallel_for(n_chunks, n_threads_, [&](std::size_t chunk, int) {
            score_chunk(chunk, partial.data() + chunk * 2 * n);
        });
        gain_.assign(n, 0.0);
        error_.assign(n, 0.0);
        for (std::size_t chunk = 0; chunk < n_chunks; ++chunk) {
            for (std::size_t t = 0; t < n; ++t) {
                gain_[t] += partial[(2 * chunk) * n + t];
                error_[t] += partial[(2 * chunk + 1) * n + t];
            }
        }
    }

    void score_chunk(std::size_t chunk, double* partial) {
        const std::size_t n = trials_.n_centers, d = points_.n_features();
        const std::size_t end = std::min(points_.n_panels(), (chunk + 1) * chunk_panels);
        const double scale = points_.frame().scale * points_.frame().scale;
        std::vector<float> gains(n * panel_rows, 0.0f);
        float weights[panel_rows];
        for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
            const float largest = largest_norm_[p];
            const float heaviest = load_weights(p, weights);
            std::uint32_t* bits = bits_.data() + p * n_trials_;
            const PackedCenters<float> centers = filter_.packed();
            const float* group = centers.values;
            for (std::size_t b = 0, first = 0; b < centers.n_groups; ++b) {
                const std::size_t size = centers.group_sizes[b];
                kernels().gains_f32(points_.panel(p), d + 1, group, size,
                                    thresholds_.data() + p * panel_rows,
                                    points_.weights() == nullptr ? nullptr : weights,
                                    gains.data() + first * panel_rows, bits + first);
                group += size * (d + 2);
                first += size;
            }
            for (std::size_t t = 0; t < n; ++t) {
                if (bits[t] == 0) continue;
                const float band = filter_.band_constant()[t] + filter_.band_slope()[t] * largest +
                                   0x1p-18f * largest * largest;
                partial[n + t] +=
                    static_cast<double>(band * heaviest) * __builtin_popcount(bits[t]) / scale;
            }
        }
        for (std::size_t t = 0; t < n; ++t) {
            double sum = 0.0;
            for (std::size_t r = 0; r < panel_rows; ++r) sum += gains[t * panel_rows + r];
            partial[t] = sum / scale;
            partial[n + t] += partial[t] * 0x1p-16;
        }
    }

    const float* norms(std::size_t p) const {
        return points_.panel(p) + points_.n_features() * panel_rows;
    }

    // Scores below a row's threshold may mean a smaller distance than the row has.
    void set_thresholds(std::size_t p) {
        const float scale = static_cast<float>(points_.frame().scale * points_.frame().scale);
        const T* nearest = nearest_.data() + p * panel_rows;
        const float* norms = this->norms(p);
        float* threshold = thresholds_.data() + p * panel_rows;
        for (std::size_t r = 0; r < panel_rows; ++r) {
            const float square = norms[r] * norms[r];
            const float near = static_cast<float>(nearest[r]) * scale;
            threshold[r] = (near - square) + 0x1p-20f * (near + square);
        }
    }

    float load_weights(std::size_t p, float* weights) const {
        if (points_.weights() == nullptr) return 1.0f;
        float heaviest = 0.0f;
        for (std::size_t r = 0; r < panel_rows; ++r) {
            const std::size_t row = p * panel_rows + r;
            weights[r] = row < points_.n_rows() ? static_cast<float>(points_.weight(row)) : 0.0f;
            heaviest = std::max(heaviest, weights[r]);
        }
        return heaviest;
    }

    // The first trial with the lowest potential, compared in T as scikit-learn does.
    std::size_t choose() {
        const std::size_t n = trials_.n_centers;
        std::size_t best = 0;
        for (std::size_t t = 1; t < n; ++t) {
            if (gain_[t] > gain_[best]) best = t;
        }
        // Potentials this near to each other may be one number in T.
        const double rounding = 2.0 * potential_ * std::numeric_limits<T>::epsilon();
        const double certain = gain_[best] - error_[best] - rounding;
        std::vector<std::size_t> rivals;
        for (std::size_t t = 0; t < n; ++t) {
            if (t == best || gain_[t] + error_[t] >= certain) rivals.push_back(t);
        }
        std::size_t winner = rivals.front();
        bool same_row = true;
        for (const std::size_t t : rivals) same_row &= candidates_[t] == candidates_[winner];
        if (same_row) return winner;
        T lowest = exact_potential(winner);
        for (std::size_t j = 1; j < rivals.size(); ++j) {
            const T potential = exact_potential(rivals[j]);
            if (potential < lowest) {
                lowest = potential;
                winner = rivals[j];
            }
        }
        return winner;
    }

    T exact_potential(std::size_t t) {
        std::vector<double> partial(points_.n_chunks(), 0.0);
        parallel_for(points_.n_chunks(), n_threads_, [&](std::size_t chunk, int w) {
            const std::size_t end = std::min(points_.n_panels(), (chunk + 1) * chunk_panels);
            T improved[panel_rows];
            for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
                std::uint32_t& bits = bits_[p * n_trials_ + t];
                if (bits != 0) bits = improve(p, t, bits, worker(w), improved);
                partial[chunk] += bits == 0 ? panel_sums_[p] : panel_sum(p, improved);
            }
        });
        double total = 0.0;
        for (const double sum : partial) total += sum;
        return static_cast<T>(total);
    }

    // Makes trial t a seed.
    void take(std::size_t t) {
        std::vector<double> partial(points_.n_chunks(), 0.0);
        parallel_for(points_.n_chunks(), n_threads_, [&](std::size_t chunk, int w) {
            const std::size_t end = std::min(points_.n_panels(), (chunk + 1) * chunk_panels);
            T improved[panel_rows];
            for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
                std::uint32_t bits = bits_[p * n_trials_ + t];
                prefetch_rows(p + prefetch_distance, end, t);
                if (bits != 0) bits = improve(p, t, bits, worker(w), improved);
                if (bits != 0) {
                    std::copy(improved, improved + panel_rows, nearest_.data() + p * panel_rows);
                    panel_sums_[p] = panel_sum(p, improved);
                    set_thresholds(p);
                }
                partial[chunk] += panel_sums_[p];
            }
        });
        potential_ = 0.0;
        for (const double sum : partial) potential_ += sum;
    }

    // Rows that improve() will read one by one lie anywhere: asks for them ahead.
    void prefetch_rows(std::size_t p, std::size_t end, std::size_t t) const {
        if (p >= end) return;
        std::uint32_t bits = bits_[p * n_trials_ + t];
        if (__builtin_popcount(bits) >= whole_panel_from<T>(points_.n_features())) return;
        for (; bits != 0; bits &= bits - 1) {
            const std::size_t row = p * panel_rows + static_cast<std::size_t>(__builtin_ctz(bits));
            __builtin_prefetch(points_.rows().data +
                               static_cast<std::ptrdiff_t>(row) * points_.rows().row_stride);
        }
    }

    Worker& worker(int w) { return *workers_[static_cast<std::size_t>(w)]; }

    // The smaller of old and new distance for the rows in bits; returns those that got nearer.
    std::uint32_t improve(std::size_t p, std::size_t t, std::uint32_t bits, Worker& worker,
                          T* improved) const {
        const T* nearest = nearest_.data() + p * panel_rows;
        const double* center = trials_.row(t);
        T distances[panel_rows];
        double exact[panel_rows];
        if (__builtin_popcount(bits) >= whole_panel_from<T>(points_.n_features())) {
            // The other rows' distances are certainly no smaller than what they have.
            whole_panel(p, center, worker, exact);
            for (std::size_t r = 0; r < panel_rows; ++r) distances[r] = static_cast<T>(exact[r]);
        } else {
            std::copy(nearest, nearest + panel_rows, distances);
            for (; bits != 0; bits &= bits - 1) {
                const auto r = static_cast<std::size_t>(__builtin_ctz(bits));
                points_.exact_row(p * panel_rows + r, worker.row.data());
                distances[r] = static_cast<T>(
                    kernels().canonical_row(worker.row.data(), center, points_.padded()));
            }
        }
        std::uint32_t nearer = 0;
        for (std::size_t r = 0; r < panel_rows; ++r) {
            nearer |= static_cast<std::uint32_t>(distances[r] < nearest[r]) << r;
            improved[r] = distances[r] < nearest[r] ? distances[r] : nearest[r];
        }
        return nearer;
    }

    void whole_panel(std::size_t p, const double* center, Worker& worker, double* distances) const {
        if (std::is_same_v<T, float> && points_.frame().scale == 1.0) {
            kernels().canonical_panel_f32(points_.panel(p), points_.n_features(), center,
                                          distances);
            return;
        }
        const std::size_t first = p * panel_rows;
        const std::size_t last = std::min(panel_rows, points_.n_rows() - first) - 1;
        for (std::size_t i = 0; i < points_.n_features(); ++i) {
            for (std::size_t r = 0; r < panel_rows; ++r) {
                worker.panel[i * panel_rows + r] =
                    static_cast<double>(value_of(points_.rows(), first + std::min(r, last), i));
            }
        }
        kernels().canonical_panel_f64(worker.panel.data(), points_.n_features(), center, distances);
    }

    // Weighted sum over the panel's rows in a fixed order; rows past the end are zeros.
    double panel_sum(std::size_t p, const T* nearest) const {
        double lane[8] = {};
        if (points_.weights() == nullptr) {
            for (std::size_t r = 0; r < panel_rows; r += 8) {
                for (std::size_t l = 0; l < 8; ++l) lane[l] += static_cast<double>(nearest[r + l]);
            }
        } else {
            const std::size_t first = p * panel_rows;
            const std::size_t count = std::min(panel_rows, points_.n_rows() - first);
            for (std::size_t r = 0; r < count; ++r) {
                lane[r % 8] += points_.weight(first + r) * static_cast<double>(nearest[r]);
            }
        }
        return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
               ((lane[1] + lane[5]) + (lane[3] + lane[7]));
    }

    const Points<T>& points_;
    std::size_t n_trials_;
    int n_threads_;
    Buffer<T> nearest_;
    Buffer<float> thresholds_, largest_norm_;
    Buffer<double> panel_sums_;
    Buffer<std::uint32_t> bits_;
    std::vector<std::unique_ptr<Worker>> workers_;
    ExactCenters trials_;
    FilterCenters<float> filter_;
    std::vector<std::size_t> candidates_;
    std::vector<double> gain_, error_;  // per trial: fall of the potential, and its error
    double potential_ = 0.0;
};

}  // namespace

template <class T>
std::vector<std::size_t> kmeans_plusplus(const Points<T>& points, std::size_t n_clusters,
                                         const double* uniforms, std::size_t n_trials,
                                         int n_threads) {
    std::vector<std::size_t> seeds{draw_weighted(points.weights(), points.n_rows(), uniforms[0])};
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
