// What is learned of sparse rows, their inertia, and one assignment of them.
#include "kwise/sparse/sparse_points.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kwise/base/lanes.hpp"
#include "kwise/base/parallel.hpp"
#include "kwise/sparse/sparse_columns.hpp"

namespace kwise {
// Largest values entry by entry, as the exact sums add them: where a column comes twice in a row,
// each entry counts for itself.
template <class T>
SparsePoints<T>::SparsePoints(const SparseView<T>& rows, const T* weights, int n_threads)
    : rows_(rows),
      weights_(weights),
      squares_(rows.n_rows),
      column_largest_(largest_by_column(rows, pad_features(rows.n_features), n_threads)) {
    std::vector<unsigned char> ascending(n_chunks(), 1);
    parallel_for(n_chunks(), n_threads, [&](std::size_t chunk, int) {
        const std::size_t end = std::min(n_rows(), (chunk + 1) * chunk_rows);
        for (std::size_t r = chunk * chunk_rows; r < end; ++r) {
            const SparseLength length = length_of(rows_, r);
            squares_[r] = length.square;
            // A single entry has no other to repeat.
            if (length.repeats > 1.0) ascending[chunk] = 0;
        }
    });
    for (const unsigned char each : ascending) ascending_ &= each != 0;
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
    const std::vector<double> whole = center_squares(centers, n_features(), n_threads);
    std::vector<double> partial(n_chunks(), 0.0);
    parallel_for(n_chunks(), n_threads, [&](std::size_t chunk, int) {
        const std::size_t end = std::min(n_rows(), (chunk + 1) * chunk_rows);
        // As inertias of dense rows are added up (base/lanes.hpp).
        double lane[8] = {};
        for (std::size_t r = chunk * chunk_rows; r < end; ++r) {
            const auto label = static_cast<std::size_t>(labels[r]);
            const double* center = centers.row(label);
            // Differences where the row has entries; the rest of the center's square is left.
            double near = 0.0, left = whole[label];
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
      n_threads_(std::max(1, n_threads)),
      labels_(points.n_rows(), -1),
      bounds_(points.n_rows(), n_centers),
      workers_(static_cast<std::size_t>(n_threads_)) {}

// Bounds always pay here: a scan costs a row's entries times all centers.
template <class T>
std::size_t SparseAssignment<T>::assign(const ExactCenters& centers, ExactSums& sums) {
    filter_.set(centers, points_.n_features(), n_threads_);
    bounds_.begin(std::numeric_limits<std::size_t>::max());
    parallel_for(points_.n_chunks(), n_threads_, [&](std::size_t chunk, int w) {
        assign_chunk(chunk, workers_[static_cast<std::size_t>(w)]);
    });
    decide_open();
    std::size_t n_scanned = 0;
    for (Worker& worker : workers_) n_scanned += std::exchange(worker.n_scanned, 0);
    bounds_.end(static_cast<double>(n_scanned) / static_cast<double>(points_.n_rows()));
    return apply_moves(sums);
}

// Rows that their margin certifies are passed over without being read.
template <class T>
void SparseAssignment<T>::assign_chunk(std::size_t chunk, Worker& worker) {
    const std::size_t end = std::min(points_.n_rows(), (chunk + 1) * chunk_rows);
    for (std::size_t r = chunk * chunk_rows; r < end; ++r) {
        // Labels are known where bounds are used: the second assignment at the earliest.
        if (bounds_.use() && bounds_.margins()[r] > bounds_.drift()[labels_[r]]) continue;
        ++worker.n_scanned;
        // All centers: there is no list of groups for sparse rows.
        const SparseNearest nearest = filter_.guess(points_.rows(), r, points_.length(r));
        if (nearest.certain) {
            take_over(r, nearest, worker);
        } else {
            worker.open.push_back(r);
        }
    }
}

// Together, since many of them are worth a table of the centers in float64.
template <class T>
void SparseAssignment<T>::decide_open() {
    std::vector<std::size_t> open;
    std::size_t n_entries = 0;
    for (Worker& worker : workers_) {
        for (const std::size_t row : worker.open) n_entries += points_.rows().n_entries(row);
        open.insert(open.end(), worker.open.begin(), worker.open.end());
        worker.open.clear();
    }
    filter_.expect(n_entries);
    const double work = static_cast<double>(n_entries * bounds_.n_centers());
    parallel_for(open.size(), useful_threads(work, n_threads_), [&](std::size_t at, int w) {
        Worker& worker = workers_[static_cast<std::size_t>(w)];
        const std::size_t r = open[at];
        take_over(r, filter_.decide(points_.rows(), r, points_.length(r), worker.scores), worker);
    });
}

// Takes over a label that is certain, and what is known of its margin.
template <class T>
void SparseAssignment<T>::take_over(std::size_t row, const SparseNearest& nearest, Worker& worker) {
    // Margins in float64, then rounded down by far more than float32 takes off; the drift of
    // the new label makes them comparable later (bounds/hamerly.hpp).
    if (bounds_.keep()) {
        const double square = points_.square(row);
        const double own = std::sqrt(std::max(0.0, square + nearest.best));
        const double other = std::sqrt(std::max(0.0, square + nearest.second));
        const double sum = other - own + static_cast<double>(bounds_.drift()[nearest.label]);
        bounds_.margins()[row] = static_cast<float>(sum - 1e-6 * (std::fabs(sum) + own + other));
    }
    if (labels_[row] == nearest.label) return;
    worker.moves.push_back({row, labels_[row]});
    labels_[row] = nearest.label;
}

// Returns how many rows moved.
template <class T>
std::size_t SparseAssignment<T>::apply_moves(ExactSums& sums) {
    std::vector<const std::vector<SparseMove>*> moves;
    std::size_t n_moved = 0;
    for (const Worker& worker : workers_) {
        moves.push_back(&worker.moves);
        n_moved += worker.moves.size();
    }
    moves_.collect(moves, labels_.data(), bounds_.n_centers());
    moves_.apply(points_.rows(), points_.weights(), n_threads_, sums);
    for (Worker& worker : workers_) worker.moves.clear();
    return n_moved;
}

// Without points: rows are seen once, and those that the filter leaves open again.
template <class T>
void predict_sparse_labels(const SparseView<T>& rows, const ExactCenters& exact, int n_threads,
                           std::int32_t* labels) {
    SparseFilter filter;
    filter.set(exact, rows.n_features, n_threads);
    const auto n_workers = static_cast<std::size_t>(std::max(1, n_threads));
    std::vector<std::vector<std::size_t>> open(n_workers);
    std::vector<std::vector<double>> scores(n_workers);
    const std::size_t n_chunks = (rows.n_rows + chunk_rows - 1) / chunk_rows;
    parallel_for(n_chunks, n_threads, [&](std::size_t chunk, int w) {
        const std::size_t end = std::min(rows.n_rows, (chunk + 1) * chunk_rows);
        for (std::size_t r = chunk * chunk_rows; r < end; ++r) {
            const SparseNearest nearest = filter.guess(rows, r, length_of(rows, r));
            labels[r] = nearest.label;
            if (!nearest.certain) open[static_cast<std::size_t>(w)].push_back(r);
        }
    });
    std::size_t n_entries = 0;
    for (const auto& mine : open) {
        for (const std::size_t r : mine) n_entries += rows.n_entries(r);
    }
    filter.expect(n_entries);
    parallel_for(n_workers, n_threads, [&](std::size_t part, int w) {
        for (const std::size_t r : open[part]) {
            labels[r] =
                filter.decide(rows, r, length_of(rows, r), scores[static_cast<std::size_t>(w)])
                    .label;
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
