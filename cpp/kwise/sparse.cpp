#include "kwise/sparse.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "kwise/draws.hpp"
#include "kwise/parallel.hpp"

namespace kwise {
namespace {

// Relative error of a computed squared distance, in units of |x|^2 + |c|^2, with room to spare.
constexpr double score_error = 1e-10;

double fold(const double* lane) {
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

// Scores |c|^2 - 2 x.c of one row for all centers.
template <class T>
void score_row(const SparseView<T>& rows, std::size_t row, const TransposedCenters& centers,
               std::vector<double>& scores) {
    const auto first = static_cast<std::size_t>(rows.starts[row]);
    const auto end = static_cast<std::size_t>(rows.starts[row + 1]);
    scores.assign(centers.constants(), centers.constants() + centers.width());
    kernels().add_entries(
        std::is_same_v<T, float> ? reinterpret_cast<const float*>(rows.values) + first : nullptr,
        std::is_same_v<T, float> ? nullptr : reinterpret_cast<const double*>(rows.values) + first,
        rows.columns + first, end - first, centers.row(0), centers.width(), scores.data());
}

struct Nearest {
    std::int32_t label;
    double best, second;
};

Nearest nearest_of(const std::vector<double>& scores) {
    const double infinity = std::numeric_limits<double>::infinity();
    Nearest nearest{0, infinity, infinity};
    for (std::size_t c = 0; c < scores.size(); ++c) {
        if (scores[c] < nearest.best) {
            nearest.second = nearest.best;
            nearest.best = scores[c];
            nearest.label = static_cast<std::int32_t>(c);
        } else if (scores[c] < nearest.second) {
            nearest.second = scores[c];
        }
    }
    return nearest;
}

}  // namespace

template <class T>
SparsePoints<T>::SparsePoints(const SparseView<T>& rows, const T* weights, int n_threads)
    : rows_(rows),
      weights_(weights),
      squares_(rows.n_rows),
      column_largest_(pad_features(rows.n_features), 0.0) {
    parallel_for(n_chunks(), n_threads, [&](std::size_t chunk, int) {
        const std::size_t end = std::min(n_rows(), (chunk + 1) * chunk_rows);
        for (std::size_t r = chunk * chunk_rows; r < end; ++r) {
            double sum = 0.0;
            for (std::int64_t e = rows_.starts[r]; e < rows_.starts[r + 1]; ++e) {
                sum += static_cast<double>(rows_.values[e]) * static_cast<double>(rows_.values[e]);
            }
            squares_[r] = sum;
        }
    });
    for (std::int64_t e = 0; e < rows.starts[rows.n_rows]; ++e) {
        double& largest = column_largest_[static_cast<std::size_t>(rows.columns[e])];
        largest = std::max(largest, std::fabs(static_cast<double>(rows.values[e])));
    }
    if (weights_ != nullptr) {
        largest_weight_ = static_cast<double>(*std::max_element(weights_, weights_ + n_rows()));
    }
}

template <class T>
void SparsePoints<T>::exact_row(std::size_t row, double* out) const {
    std::fill(out, out + padded(), 0.0);
    for (std::int64_t e = rows_.starts[row]; e < rows_.starts[row + 1]; ++e) {
        out[rows_.columns[e]] += static_cast<double>(rows_.values[e]);
    }
}

template <class T>
double SparsePoints<T>::inertia(const ExactCenters& centers, const std::int32_t* labels,
                                int n_threads, double* distances) const {
    std::vector<double> center_squares(centers.n_centers, 0.0);
    for (std::size_t c = 0; c < centers.n_centers; ++c) {
        for (std::size_t i = 0; i < n_features(); ++i) {
            center_squares[c] += centers.row(c)[i] * centers.row(c)[i];
        }
    }
    std::vector<double> partial(n_chunks(), 0.0);
    parallel_for(n_chunks(), n_threads, [&](std::size_t chunk, int) {
        const std::size_t end = std::min(n_rows(), (chunk + 1) * chunk_rows);
        double lane[8] = {};
        for (std::size_t r = chunk * chunk_rows; r < end; ++r) {
            const auto label = static_cast<std::size_t>(labels[r]);
            const double* center = centers.row(label);
            // Differences where the row has entries; the rest of the center's square is left.
            double near = 0.0, rest = center_squares[label];
            for (std::int64_t e = rows_.starts[r]; e < rows_.starts[r + 1]; ++e) {
                const double c = center[rows_.columns[e]];
                const double difference = static_cast<double>(rows_.values[e]) - c;
                near += difference * difference;
                rest -= c * c;
            }
            const double distance = near + std::max(rest, 0.0);
            if (distances != nullptr) distances[r] = distance;
            lane[r % 8] += weight(r) * distance;
        }
        partial[chunk] = fold(lane);
    });
    double total = 0.0;
    for (const double sum : partial) total += sum;
    return total;
}

void TransposedCenters::set(const ExactCenters& centers, std::size_t n_features) {
    const std::size_t k = centers.n_centers, width = (k + 7) / 8 * 8;
    constants_.assign(width, std::numeric_limits<double>::infinity());
    values_.assign(n_features * width, 0.0);
    for (std::size_t c = 0; c < k; ++c) {
        double square = 0.0;
        for (std::size_t i = 0; i < n_features; ++i) {
            const double v = centers.row(c)[i];
            square += v * v;
            values_[i * width + c] = -2.0 * v;
        }
        constants_[c] = square;
    }
}

template <class T>
SparseAssignment<T>::SparseAssignment(const SparsePoints<T>& points, std::size_t n_centers,
                                      int n_threads)
    : points_(points),
      n_threads_(n_threads),
      labels_(points.n_rows(), -1),
      bounds_(points.n_rows(), n_centers) {
    for (int w = 0; w < std::max(1, n_threads); ++w) {
        workers_.push_back(std::make_unique<Worker>(points, n_centers));
    }
}

template <class T>
std::size_t SparseAssignment<T>::assign(const ExactCenters& centers, ExactSums& sums) {
    centers_.set(centers, points_.n_features());
    const double* constants = centers_.constants();
    largest_norm_ = std::sqrt(*std::max_element(constants, constants + centers.n_centers));
    bounds_.begin(std::numeric_limits<std::size_t>::max());
    parallel_for(points_.n_chunks(), n_threads_, [&](std::size_t chunk, int w) {
        assign_chunk(chunk, *workers_[static_cast<std::size_t>(w)]);
    });
    std::size_t n_moved = 0, n_scanned = 0;
    for (auto& worker : workers_) {
        n_moved += worker->n_moved;
        n_scanned += worker->n_scanned;
        worker->n_moved = worker->n_scanned = 0;
        sums.absorb(worker->sums);
    }
    bounds_.end(static_cast<double>(n_scanned) / static_cast<double>(points_.n_rows()));
    return n_moved;
}

template <class T>
void SparseAssignment<T>::assign_chunk(std::size_t chunk, Worker& worker) {
    const std::size_t end = std::min(points_.n_rows(), (chunk + 1) * chunk_rows);
    for (std::size_t r = chunk * chunk_rows; r < end; ++r) {
        if (bounds_.use() && bounds_.margins()[r] > bounds_.drift()[labels_[r]]) continue;
        score_row(points_.rows(), r, centers_, worker.scores);
        const Nearest nearest = nearest_of(worker.scores);
        ++worker.n_scanned;
        if (bounds_.keep()) {
            const double square = points_.square(r);
            const double error = score_error * (square + largest_norm_ * largest_norm_);
            const double own = std::sqrt(std::max(0.0, square + nearest.best + error));
            const double other = std::sqrt(std::max(0.0, square + nearest.second - error));
            const double sum = other - own + static_cast<double>(bounds_.drift()[nearest.label]);
            bounds_.margins()[r] = static_cast<float>(sum - 1e-6 * (std::fabs(sum) + own + other));
        }
        settle(r, nearest.label, worker);
    }
}

// Entries that are not stored are zeros and add nothing: only the stored ones are moved.
template <class T>
void SparseAssignment<T>::settle(std::size_t row, std::int32_t label, Worker& worker) {
    const std::int32_t was = labels_[row];
    if (was == label) return;
    labels_[row] = label;
    ++worker.n_moved;
    const SparseView<T>& rows = points_.rows();
    const SumsView sums = worker.sums.view();
    const double weight = points_.weight(row);
    const auto add = [&](std::int32_t center, double sign) {
        const auto c = static_cast<std::size_t>(center);
        sums.touched[c] = 1;
        double* block = sums.sums + c * sums.padded * sums.n_parts;
        const auto add_value = [&](double rest, const double* magic, double* to,
                                   std::size_t stride) {
            for (std::size_t part = 0; part < sums.n_parts; ++part) {
                const double unit = magic[part * stride];
                const double rounded = (rest + unit) - unit;
                to[part * stride] += sign * rounded;
                rest -= rounded;
            }
        };
        for (std::int64_t e = rows.starts[row]; e < rows.starts[row + 1]; ++e) {
            const auto i = static_cast<std::size_t>(rows.columns[e]);
            add_value(static_cast<double>(rows.values[e]) * weight, sums.magic + i, block + i,
                      sums.padded);
        }
        add_value(weight, sums.mass_magic, sums.mass + c * sums.n_parts, 1);
    };
    if (was >= 0) add(was, -1.0);
    add(label, 1.0);
}

template <class T>
void label_sparse_rows(const SparseView<T>& rows, const ExactCenters& exact, int n_threads,
                       std::int32_t* labels) {
    TransposedCenters centers;
    centers.set(exact, rows.n_features);
    std::vector<std::vector<double>> scores(static_cast<std::size_t>(std::max(1, n_threads)));
    const std::size_t n_chunks = (rows.n_rows + chunk_rows - 1) / chunk_rows;
    parallel_for(n_chunks, n_threads, [&](std::size_t chunk, int w) {
        const std::size_t end = std::min(rows.n_rows, (chunk + 1) * chunk_rows);
        std::vector<double>& mine = scores[static_cast<std::size_t>(w)];
        for (std::size_t r = chunk * chunk_rows; r < end; ++r) {
            score_row(rows, r, centers, mine);
            labels[r] = nearest_of(mine).label;
        }
    });
}

namespace {

// Greedy k-means++ over sparse rows: distances of all trials in one pass, those of the winner
// again when it is taken.
template <class T>
class SparseSeeding {
  public:
    SparseSeeding(const SparsePoints<T>& points, int n_threads)
        : points_(points),
          n_threads_(n_threads),
          nearest_(points.n_rows(), std::numeric_limits<T>::infinity()) {}

    void take(std::size_t row) {
        prepare({row});
        potential_ = score(true)[0];
    }

    std::size_t step(const double* uniforms, std::size_t n_trials) {
        std::vector<double> targets(n_trials);
        for (std::size_t t = 0; t < n_trials; ++t) {
            targets[t] = uniforms[t] * static_cast<double>(static_cast<T>(potential_));
        }
        const std::vector<std::size_t> candidates =
            look_up_running_sum(nearest_.data(), points_.weights(), points_.n_rows(),
                                static_cast<const double*>(nullptr), targets);
        prepare(candidates);
        const std::vector<double> potentials = score(false);
        std::size_t best = 0;
        for (std::size_t t = 1; t < n_trials; ++t) {
            if (static_cast<T>(potentials[t]) < static_cast<T>(potentials[best])) best = t;
        }
        take(candidates[best]);
        return candidates[best];
    }

  private:
    void prepare(const std::vector<std::size_t>& rows) {
        ExactCenters trials{rows.size(), points_.padded(), {}};
        trials.values.resize(rows.size() * points_.padded());
        trial_rows_ = rows;
        for (std::size_t t = 0; t < rows.size(); ++t) {
            points_.exact_row(rows[t], trials.values.data() + t * points_.padded());
        }
        trials_.set(trials, points_.n_features());
    }

    std::vector<double> score(bool keep) {
        const std::size_t n = trial_rows_.size(), n_chunks = points_.n_chunks();
        std::vector<double> partial(n_chunks * n, 0.0);
        parallel_for(n_chunks, n_threads_, [&](std::size_t chunk, int) {
            std::vector<double> scores;
            const std::size_t end = std::min(points_.n_rows(), (chunk + 1) * chunk_rows);
            for (std::size_t r = chunk * chunk_rows; r < end; ++r) {
                score_row(points_.rows(), r, trials_, scores);
                for (std::size_t t = 0; t < n; ++t) {
                    double distance = std::max(0.0, points_.square(r) + scores[t]);
                    if (trial_rows_[t] == r) distance = 0.0;
                    const T nearer = std::min(nearest_[r], static_cast<T>(distance));
                    if (keep) nearest_[r] = nearer;
                    partial[chunk * n + t] += points_.weight(r) * static_cast<double>(nearer);
                }
            }
        });
        std::vector<double> potentials(n, 0.0);
        for (std::size_t chunk = 0; chunk < n_chunks; ++chunk) {
            for (std::size_t t = 0; t < n; ++t) potentials[t] += partial[chunk * n + t];
        }
        return potentials;
    }

    const SparsePoints<T>& points_;
    int n_threads_;
    std::vector<T> nearest_;
    std::vector<std::size_t> trial_rows_;
    TransposedCenters trials_;
    double potential_ = 0.0;
};

}  // namespace

template <class T>
std::vector<std::size_t> kmeans_plusplus(const SparsePoints<T>& points, std::size_t n_clusters,
                                         const double* uniforms, std::size_t n_trials,
                                         int n_threads) {
    std::vector<std::size_t> seeds{draw_weighted(points.weights(), points.n_rows(), uniforms[0])};
    SparseSeeding<T> seeding(points, n_threads);
    seeding.take(seeds[0]);
    for (std::size_t c = 1; c < n_clusters; ++c) {
        seeds.push_back(seeding.step(uniforms + 1 + (c - 1) * n_trials, n_trials));
    }
    return seeds;
}

template class SparsePoints<float>;
template class SparsePoints<double>;
template class SparseAssignment<float>;
template class SparseAssignment<double>;
template void label_sparse_rows(const SparseView<float>&, const ExactCenters&, int, std::int32_t*);
template void label_sparse_rows(const SparseView<double>&, const ExactCenters&, int, std::int32_t*);
template std::vector<std::size_t> kmeans_plusplus(const SparsePoints<float>&, std::size_t,
                                                  const double*, std::size_t, int);
template std::vector<std::size_t> kmeans_plusplus(const SparsePoints<double>&, std::size_t,
                                                  const double*, std::size_t, int);

}  // namespace kwise
