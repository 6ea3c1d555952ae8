#include "kwise/seeding.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#include "kwise/certificate.hpp"
#include "kwise/draws.hpp"
#include "kwise/gains.hpp"
#include "kwise/parallel.hpp"
#include "kwise/whole_rows.hpp"

namespace kwise {
namespace {

// Rough nanoseconds, only to judge whether threads pay: for a panel that is passed over, for each
// feature of a panel and trial, and for each row whose distance is computed.
constexpr double panel_cost = 5.0, pair_cost = 0.6, row_cost = 10.0;
// Where this share of the steps, and at least so many, was not decided by the filter, it is of no
// use on these data.
constexpr double fail_share = 0.25;
constexpr std::size_t fail_from = 8;

void listed_distances(const RowView<float>& rows, const std::uint32_t* list, std::size_t n,
                      const double* center, std::size_t padded, double* distances) {
    kernels().listed_distances_f32(rows, list, n, center, padded, distances);
}
void listed_distances(const RowView<double>& rows, const std::uint32_t* list, std::size_t n,
                      const double* center, std::size_t padded, double* distances) {
    kernels().listed_distances_f64(rows, list, n, center, padded, distances);
}
std::uint32_t keep_nearer(std::uint32_t bits, const std::uint32_t* list, const double* distances,
                          float* nearest, std::uint8_t* stale) {
    return kernels().keep_nearer_f32(bits, list, distances, nearest, stale);
}
std::uint32_t keep_nearer(std::uint32_t bits, const std::uint32_t* list, const double* distances,
                          double* nearest, std::uint8_t* stale) {
    return kernels().keep_nearer_f64(bits, list, distances, nearest, stale);
}
double panel_sum(const float* values) {
    return kernels().panel_sum_f32(values);
}
double panel_sum(const double* values) {
    return kernels().panel_sum_f64(values);
}

template <class T>
class Seeding {
  public:
    Seeding(const Points<T>& points, std::size_t n_seeds, std::size_t n_trials, int n_threads,
            std::int32_t* labels, GainKind kind)
        : points_(points),
          n_trials_(n_trials),
          n_threads_(n_threads),
          labels_(labels),
          nearest_(points.n_panels() * panel_rows),
          panel_sums_(points.n_panels()),
          stale_(points.n_panels()),
          bits_(points.n_panels() * n_trials),
          partial_(points.n_chunks()),
          before_(points.n_chunks()) {
        // Beside the filter: a row's distance, its label and its marks.
        const std::size_t beside = sizeof(T) + (labels == nullptr ? 0 : sizeof(std::int32_t)) + 1;
        points.spare_panels(WholeRows::bytes_a_row(points.n_features()) + beside);
        if (kind != GainKind::floats) filter_ = make_whole_gains(points, n_seeds, n_threads);
        may_fail_ = kind == GainKind::automatic;
        if (filter_ == nullptr) use_float_gains();
        for (int w = 0; w < std::max(1, n_threads); ++w) workers_.emplace_back();
        std::fill(nearest_.data(), nearest_.data() + points.n_rows(),
                  std::numeric_limits<T>::infinity());
        std::fill(nearest_.data() + points.n_rows(), nearest_.data() + nearest_.size(), T(0));
        std::fill(stale_.data(), stale_.data() + stale_.size(), std::uint8_t{0});
    }

    // The first seed: its distances become the potential.
    void start(std::size_t row) {
        prepare({row});
        std::fill(bits_.data(), bits_.data() + bits_.size(), ~0u);
        n_listed_ = points_.n_rows();
        take(0);
    }

    std::size_t step(const double* uniforms) {
        std::vector<double> targets(n_trials_);
        const T potential = static_cast<T>(potential_);
        for (std::size_t t = 0; t < n_trials_; ++t) {
            targets[t] = uniforms[t] * static_cast<double>(potential);
        }
        prepare(look_up_running_sum(nearest_.data(), points_.weights(), points_.n_rows(),
                                    panel_sums_.data(), targets));
        score();
        const std::size_t best = choose();
        take(best);
        return trial_rows_[best];
    }

  private:
    struct Worker {
        Buffer<std::uint32_t> rows{chunk_rows + 16};
        Buffer<double> distances{chunk_rows};
        std::size_t n_listed = 0;
    };
    enum class Purpose { try_out, keep };

    void use_float_gains() {
        filter_.reset();
        points_.need_panels(n_threads_);
        filter_ = make_float_gains(points_);
        may_fail_ = false;
        for (std::size_t p = 0; p < points_.n_panels() && n_seeds_ > 0; ++p) {
            filter_->lower(p, places_of(p), nearest_.data());
        }
    }

    // The places of a panel that have rows.
    std::uint32_t places_of(std::size_t p) const {
        const std::size_t count = std::min(panel_rows, points_.n_rows() - p * panel_rows);
        return count == panel_rows ? ~0u : (1u << count) - 1u;
    }

    void prepare(const std::vector<std::size_t>& rows) {
        trial_rows_ = rows;
        trials_ = ExactCenters{rows.size(), points_.padded(), {}};
        trials_.values.resize(rows.size() * points_.padded());
        for (std::size_t t = 0; t < rows.size(); ++t) {
            points_.exact_row(rows[t], trials_.values.data() + t * points_.padded());
        }
        if (n_seeds_ > 0) filter_->prepare(rows, trials_);
    }

    template <class Function>
    void for_chunks(double nanoseconds, const Function& function) {
        parallel_for(points_.n_chunks(), useful_threads(nanoseconds, n_threads_), function);
    }

    // How much each trial would lower the potential, as certain bounds; and for each trial and
    // panel the places that it might bring nearer.
    void score() {
        const std::size_t n_chunks = points_.n_chunks();
        std::vector<Gain> gains(n_chunks * n_trials_);
        const double pairs = filter_->share_read() * static_cast<double>(n_trials_) *
                             static_cast<double>(points_.n_features() + 4);
        for_chunks(static_cast<double>(points_.n_panels()) * (panel_cost + pair_cost * pairs),
                   [&](std::size_t chunk, int) {
                       filter_->score(chunk, bits_.data() + chunk * chunk_panels * n_trials_,
                                      gains.data() + chunk * n_trials_);
                   });
        gains_.assign(n_trials_, Gain{});
        for (std::size_t at = 0; at < gains.size(); ++at) {
            gains_[at % n_trials_].gain += gains[at].gain;
            gains_[at % n_trials_].error += gains[at].error;
        }
    }

    // The first trial with the lowest potential, compared in T as scikit-learn does.
    std::size_t choose() {
        std::size_t best = 0;
        for (std::size_t t = 1; t < n_trials_; ++t) {
            if (gains_[t].gain > gains_[best].gain) best = t;
        }
        // Potentials this near to each other may be one number in T.
        const double rounding = 2.0 * potential_ * std::numeric_limits<T>::epsilon();
        const double certain = gains_[best].gain - gains_[best].error - rounding;
        std::vector<std::size_t> rivals;
        bool same_row = true;
        for (std::size_t t = 0; t < n_trials_; ++t) {
            if (t != best && gains_[t].gain + gains_[t].error < certain) continue;
            rivals.push_back(t);
            same_row &= trial_rows_[t] == trial_rows_[rivals.front()];
        }
        if (same_row) return rivals.front();
        ++n_undecided_;
        std::size_t winner = rivals.front();
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

    // What the potential would be: distances are changed, summed up, and set back.
    T exact_potential(std::size_t t) {
        const double work = row_cost * static_cast<double>(points_.n_rows());
        for_chunks(work, [&](std::size_t chunk, int w) {
            improve(chunk, t, Purpose::try_out, worker(w));
        });
        const double potential = add_up(Purpose::try_out);
        for_chunks(work, [&](std::size_t chunk, int w) { set_back(chunk, t, worker(w)); });
        return static_cast<T>(potential);
    }

    // Makes trial t a seed.
    void take(std::size_t t) {
        const double row_work = row_cost + static_cast<double>(points_.n_features());
        for_chunks(row_work * static_cast<double>(n_listed_), [&](std::size_t chunk, int w) {
            improve(chunk, t, Purpose::keep, worker(w));
            const std::size_t end = std::min(points_.n_panels(), (chunk + 1) * chunk_panels);
            for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
                const std::uint32_t changed = bits_[p * n_trials_ + t];
                if (changed != 0) filter_->lower(p, changed, nearest_.data());
            }
            if (filter_->order() == nullptr) add_up_chunk(chunk, Purpose::keep);
        });
        n_listed_ = 0;
        for (Worker& each : workers_) n_listed_ += std::exchange(each.n_listed, 0);
        potential_ = filter_->order() == nullptr ? add_chunks() : add_up(Purpose::keep);
        ++n_seeds_;
        if (may_fail_ && n_undecided_ > fail_from &&
            static_cast<double>(n_undecided_) > fail_share * static_cast<double>(n_seeds_)) {
            use_float_gains();
        }
    }

    // Sets the distances of a chunk's rows to the smaller of old and new, and the bits to those of
    // the rows that got nearer.
    void improve(std::size_t chunk, std::size_t t, Purpose purpose, Worker& worker) {
        const std::size_t first = chunk * chunk_panels;
        const std::size_t end = std::min(points_.n_panels(), first + chunk_panels);
        std::uint32_t* bits = bits_.data() + first * n_trials_ + t;
        if (end == points_.n_panels()) bits[(end - 1 - first) * n_trials_] &= places_of(end - 1);
        const std::size_t n = list(chunk, t, worker);
        worker.n_listed += n;
        for (std::size_t j = 0; j < n; ++j) __builtin_prefetch(&nearest_[worker.rows[j]], 1);
        listed_distances(points_.rows(), worker.rows.data(), n, trials_.row(t), points_.padded(),
                         worker.distances.data());
        if (purpose == Purpose::try_out) remember(chunk, n, worker);
        if (purpose == Purpose::keep && labels_ != nullptr) label(n, worker);
        std::size_t at = 0;
        for (std::size_t p = first; p < end; ++p, bits += n_trials_) {
            const auto count = static_cast<std::size_t>(__builtin_popcount(*bits));
            if (count == 0) continue;
            *bits = keep_nearer(*bits, worker.rows.data() + at, worker.distances.data() + at,
                                nearest_.data(), stale_.data());
            at += count;
        }
    }

    // The rows of a chunk's bits; returns how many.
    std::size_t list(std::size_t chunk, std::size_t t, Worker& worker) const {
        const std::size_t first = chunk * chunk_panels;
        const std::size_t end = std::min(points_.n_panels(), first + chunk_panels);
        const std::uint32_t* const order = filter_->order();
        return kernels().list_rows(bits_.data() + first * n_trials_ + t, n_trials_, end - first,
                                   order == nullptr ? nullptr : order + first * panel_rows,
                                   static_cast<std::uint32_t>(first * panel_rows),
                                   worker.rows.data());
    }

    // The distances that are about to fall, in the order in which their rows will be listed.
    void remember(std::size_t chunk, std::size_t n, const Worker& worker) {
        const auto falls = [&](std::size_t j) {
            return static_cast<T>(worker.distances[j]) < nearest_[worker.rows[j]];
        };
        std::size_t count = 0;
        for (std::size_t j = 0; j < n; ++j) count += falls(j);
        before_[chunk].reserve(count);
        for (std::size_t j = 0; j < n; ++j) {
            if (falls(j)) before_[chunk].push_back(nearest_[worker.rows[j]]);
        }
    }

    void set_back(std::size_t chunk, std::size_t t, Worker& worker) {
        const std::size_t n = list(chunk, t, worker);
        for (std::size_t j = 0; j < n; ++j) {
            const std::uint32_t row = worker.rows[j];
            nearest_[row] = before_[chunk][j];
            // Rows of a panel may lie in several chunks.
            __atomic_store_n(&stale_[row / panel_rows], std::uint8_t{0}, __ATOMIC_RELAXED);
        }
        before_[chunk] = {};
    }

    // Distances that float32 rounds to one number may differ: such rows are left open.
    void label(std::size_t n, const Worker& worker) {
        for (std::size_t j = 0; j < n; ++j) {
            const std::uint32_t row = worker.rows[j];
            const T distance = static_cast<T>(worker.distances[j]);
            if (distance < nearest_[row]) labels_[row] = static_cast<std::int32_t>(n_seeds_);
            if (std::is_same_v<T, float> && distance == nearest_[row]) labels_[row] = -1;
        }
    }

    // The potential of the distances as they are; sums of panels are kept unless tried out.
    double add_up(Purpose purpose) {
        for_chunks(static_cast<double>(points_.n_panels()) * panel_cost * 2,
                   [&](std::size_t chunk, int) { add_up_chunk(chunk, purpose); });
        return add_chunks();
    }

    void add_up_chunk(std::size_t chunk, Purpose purpose) {
        const std::size_t end = std::min(points_.n_panels(), (chunk + 1) * chunk_panels);
        double sum = 0.0;
        for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
            const double panel = stale_[p] != 0 ? weighted_sum(p) : panel_sums_[p];
            sum += panel;
            if (purpose == Purpose::try_out) continue;
            panel_sums_[p] = panel;
            stale_[p] = 0;
        }
        partial_[chunk] = sum;
    }

    double add_chunks() const {
        double potential = 0.0;
        for (const double sum : partial_) potential += sum;
        return potential;
    }

    // Weighted sum over the panel's rows in a fixed order; rows past the end are zeros.
    double weighted_sum(std::size_t p) const {
        const T* nearest = nearest_.data() + p * panel_rows;
        if (points_.weights() == nullptr) return panel_sum(nearest);
        double products[panel_rows] = {};
        for (std::size_t r = 0; r < panel_rows && p * panel_rows + r < points_.n_rows(); ++r) {
            products[r] = points_.weight(p * panel_rows + r) * static_cast<double>(nearest[r]);
        }
        return panel_sum(products);
    }

    Worker& worker(int w) { return workers_[static_cast<std::size_t>(w)]; }

    const Points<T>& points_;
    std::size_t n_trials_;
    int n_threads_;
    std::int32_t* labels_;
    std::unique_ptr<GainFilter<T>> filter_;
    bool may_fail_ = false;
    Buffer<T> nearest_;
    Buffer<double> panel_sums_;
    Buffer<std::uint8_t> stale_;  // by panel: whether its sum is
    Buffer<std::uint32_t> bits_;
    std::vector<double> partial_;
    std::vector<std::vector<T>> before_;  // by chunk, while a trial is tried out
    std::vector<Worker> workers_;
    std::vector<std::size_t> trial_rows_;
    ExactCenters trials_;
    std::vector<Gain> gains_;
    std::size_t n_seeds_ = 0, n_undecided_ = 0, n_listed_ = 0;
    double potential_ = 0.0;
};

}  // namespace

template <class T>
std::vector<std::size_t> kmeans_plusplus(const Points<T>& points, std::size_t n_clusters,
                                         const double* uniforms, std::size_t n_trials,
                                         int n_threads, std::int32_t* labels, GainKind kind) {
    std::vector<std::size_t> seeds{draw_weighted(points.weights(), points.n_rows(), uniforms[0])};
    if (labels != nullptr) std::fill(labels, labels + points.n_panels() * panel_rows, 0);
    if (n_clusters == 1) return seeds;
    Seeding<T> seeding(points, n_clusters, n_trials, n_threads, labels, kind);
    seeding.start(seeds[0]);
    for (std::size_t c = 1; c < n_clusters; ++c) {
        poll_interrupt();
        seeds.push_back(seeding.step(uniforms + 1 + (c - 1) * n_trials));
    }
    return seeds;
}

template std::vector<std::size_t> kmeans_plusplus(const Points<float>&, std::size_t, const double*,
                                                  std::size_t, int, std::int32_t*, GainKind);
template std::vector<std::size_t> kmeans_plusplus(const Points<double>&, std::size_t, const double*,
                                                  std::size_t, int, std::int32_t*, GainKind);

}  // namespace kwise
