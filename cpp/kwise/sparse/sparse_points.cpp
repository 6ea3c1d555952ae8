// What is learned of sparse rows, their inertia, and one assignment of them.
#include "kwise/sparse/sparse_points.hpp"

#include <algorithm>
#include <cmath>

#include "kwise/base/lanes.hpp"
#include "kwise/base/parallel.hpp"

namespace kwise {
// Largest values entry by entry, as the exact sums add them: where a column comes twice in a row,
// each entry counts for itself.
template <class T>
SparsePoints<T>::SparsePoints(const SparseView<T>& rows, const T* weights, int n_threads)
    : rows_(rows),
      weights_(weights),
      squares_(rows.n_rows),
      column_largest_(pad_features(rows.n_features), 0.0) {
    parallel_for(n_chunks(), n_threads, [&](std::size_t chunk, int) {
        const std::size_t end = std::min(n_rows(), (chunk + 1) * chunk_rows);
        for (std::size_t r = chunk * chunk_rows; r < end; ++r) squares_[r] = square_of(rows_, r);
    });
    // On one thread: columns are shared by all rows.
    for (std::int64_t e = 0; e < rows.starts[rows.n_rows]; ++e) {
        double& largest = column_largest_[static_cast<std::size_t>(rows.columns[e])];
        largest = std::max(largest, std::fabs(static_cast<double>(rows.values[e])));
    }
    if (weights_ != nullptr) {
        largest_weight_ = static_cast<double>(*std::max_element(weights_, weights_ + n_rows()));
    }
}

// Dense: entries of one column add up.
template <class T>
void SparsePoints<T>::exact_row(std::size_t row, double* out) const {
    std::fill(out, out + padded(), 0.0);
    for (std::int64_t e = rows_.starts[row]; e < rows_.starts[row + 1]; ++e) {
        out[rows_.columns[e]] += static_cast<double>(rows_.values[e]);
    }
}

// By differences where the row has entries, so that rows on their center cost 0 as nearly as can
// be. One order for all threads: rows in eight lanes, chunks in turn. `distances`: each row's,
// without its weight; may be null.
template <class T>
double SparsePoints<T>::inertia(const ExactCenters& centers, const std::int32_t* labels,
                                int n_threads, double* distances) const {
    // Once for all rows, feature by feature.
    std::vector<double> center_squares(centers.n_centers, 0.0);
    for (std::size_t c = 0; c < centers.n_centers; ++c) {
        for (std::size_t i = 0; i < n_features(); ++i) {
            center_squares[c] += centers.row(c)[i] * centers.row(c)[i];
        }
    }
    std::vector<double> partial(n_chunks(), 0.0);
    parallel_for(n_chunks(), n_threads, [&](std::size_t chunk, int) {
        const std::size_t end = std::min(n_rows(), (chunk + 1) * chunk_rows);
        // As inertias of dense rows are added up (base/lanes.hpp).
        double lane[8] = {};
        for (std::size_t r = chunk * chunk_rows; r < end; ++r) {
            const auto label = static_cast<std::size_t>(labels[r]);
            const double* center = centers.row(label);
            // Differences where the row has entries; the rest of the center's square is left.
            double near = 0.0, left = center_squares[label];
            for (std::int64_t e = rows_.starts[r]; e < rows_.starts[r + 1]; ++e) {
                const double c = center[rows_.columns[e]];
                const double difference = static_cast<double>(rows_.values[e]) - c;
                near += difference * difference;
                left -= c * c;
            }
            const double distance = near + std::max(left, 0.0);
            if (distances != nullptr) distances[r] = distance;
            lane[r % 8] += weight(r) * distance;
        }
        partial[chunk] = add_lanes(lane);
    });
    double total = 0.0;
    for (const double sum : partial) total += sum;
    return total;
}

// No row has a label.
template <class T>
SparseAssignment<T>::SparseAssignment(const SparsePoints<T>& points, std::size_t n_centers,
                                      int n_threads)
    : points_(points),
      n_threads_(n_threads),
      labels_(points.n_rows(), -1),
      bounds_(points.n_rows(), n_centers) {
    for (int w = 0; w < std::max(1, n_threads); ++w) {
        workers_.push_back(std::make_unique<Worker>());
    }
}

// Bounds always pay here: a scan costs a row's entries times all centers.
template <class T>
std::size_t SparseAssignment<T>::assign(const ExactCenters& centers, ExactSums& sums) {
    // Transposed anew for each assignment: as dear as a few rows.
    centers_.set_filter(centers, points_.n_features());
    bounds_.begin(std::numeric_limits<std::size_t>::max());
    const AssignmentCounts counts =
        run_assignment(points_.n_chunks(), n_threads_, workers_, sums,
                       [&](std::size_t chunk, Worker& worker) { assign_chunk(chunk, worker); });
    bounds_.end(static_cast<double>(counts.n_scanned) / static_cast<double>(points_.n_rows()));
    return counts.n_moved;
}

// Rows that their margin certifies are passed over without being read.
template <class T>
void SparseAssignment<T>::assign_chunk(std::size_t chunk, Worker& worker) {
    const std::size_t end = std::min(points_.n_rows(), (chunk + 1) * chunk_rows);
    for (std::size_t r = chunk * chunk_rows; r < end; ++r) {
        // Labels are known where bounds are used: the second assignment at the earliest.
        if (bounds_.use() && bounds_.margins()[r] > bounds_.drift()[labels_[r]]) continue;
        const double square = points_.square(r);
        // All centers: there is no list of groups for sparse rows.
        const SparseTop2 nearest = find_nearest(points_.rows(), r, square, centers_, worker.scores);
        ++worker.counts.n_scanned;
        // Margins in float64, then rounded down by far more than float32 takes off; the drift of
        // the new label makes them comparable later (bounds/hamerly.hpp).
        if (bounds_.keep()) {
            const double own = std::sqrt(std::max(0.0, square + nearest.best + nearest.error));
            const double other = std::sqrt(std::max(0.0, square + nearest.second - nearest.error));
            const double sum = other - own + static_cast<double>(bounds_.drift()[nearest.label]);
            bounds_.margins()[r] = static_cast<float>(sum - 1e-6 * (std::fabs(sum) + own + other));
        }
        apply_moves(r, nearest.label, worker);
    }
}

// Entries that are not stored are zeros and add nothing: only the stored ones are moved. As
// simd/update/exact_moves.inl does, part by part, exactly: taking a row out subtracts the very
// parts that it added.
template <class T>
void SparseAssignment<T>::apply_moves(std::size_t row, std::int32_t label, Worker& worker) {
    const std::int32_t was = labels_[row];
    if (was == label) return;
    labels_[row] = label;
    ++worker.counts.n_moved;
    const SparseView<T>& rows = points_.rows();
    // This thread's sums; exact, so that threads may add in any order.
    const SumsView sums = worker.sums.view();
    const double weight = points_.weight(row);
    // Signs are applied to parts that are rounded already: adding and taking off are the same
    // numbers.
    const auto add = [&](std::int32_t center, double sign) {
        const auto c = static_cast<std::size_t>(center);
        sums.dirty[c] = 1;
        double* block = sums.sums + c * sums.padded * sums.n_parts;
        const auto add_value = [&](double left, const double* magic, double* to,
                                   std::size_t stride) {
            for (std::size_t part = 0; part < sums.n_parts; ++part) {
                const double unit = magic[part * stride];
                const double rounded = (left + unit) - unit;
                to[part * stride] += sign * rounded;
                left -= rounded;
            }
        };
        for (std::int64_t e = rows.starts[row]; e < rows.starts[row + 1]; ++e) {
            const auto i = static_cast<std::size_t>(rows.columns[e]);
            add_value(static_cast<double>(rows.values[e]) * weight, sums.magic + i, block + i,
                      sums.padded);
        }
        add_value(weight, sums.mass_magic, sums.mass + c * sums.n_parts, 1);
    };
    // In the first assignment rows join only.
    if (was >= 0) add(was, -1.0);
    add(label, 1.0);
}

// Without points: rows are seen once.
template <class T>
void predict_sparse_labels(const SparseView<T>& rows, const ExactCenters& exact, int n_threads,
                           std::int32_t* labels) {
    TransposedCenters centers;
    centers.set_filter(exact, rows.n_features);
    // One a thread, grown by the first row that needs it.
    std::vector<std::vector<double>> scores(static_cast<std::size_t>(std::max(1, n_threads)));
    const std::size_t n_chunks = (rows.n_rows + chunk_rows - 1) / chunk_rows;
    parallel_for(n_chunks, n_threads, [&](std::size_t chunk, int w) {
        const std::size_t end = std::min(rows.n_rows, (chunk + 1) * chunk_rows);
        std::vector<double>& mine = scores[static_cast<std::size_t>(w)];
        for (std::size_t r = chunk * chunk_rows; r < end; ++r) {
            labels[r] = find_nearest(rows, r, square_of(rows, r), centers, mine).label;
        }
    });
}

template class SparsePoints<float>;
template class SparsePoints<double>;
template class SparseAssignment<float>;
template class SparseAssignment<double>;
template void predict_sparse_labels(const SparseView<float>&, const ExactCenters&, int,
                                    std::int32_t*);
template void predict_sparse_labels(const SparseView<double>&, const ExactCenters&, int,
                                    std::int32_t*);
}  // namespace kwise
