// Rows that are kept have one assignment for good, others a new one for each block and call.
#include "kwise/lloyd/part.hpp"

#include <algorithm>
#include <type_traits>

#include "kwise/base/parallel.hpp"

namespace kwise {
namespace {

// Bytes of the rows that are packed at once where they are not kept: what is packed of them fits
// memory whatever the part's size.
constexpr std::size_t block_bytes = std::size_t{1} << 25;

}  // namespace

// Exact sums in the units of all rows: sums of several parts may be added up as they are. The
// number of parts of a value depends on the whole, too: a part without weights in a weighted data
// set has three.
template <class T>
ExactSums WholeRanges::sums(std::size_t n_centers) const {
    const std::size_t padded = pad_features(largest.size());
    std::vector<double> padded_largest(largest);
    padded_largest.resize(padded, 0.0);
    return ExactSums(ColumnRanges{n_rows, padded, padded_largest.data(), largest_weight,
                                  std::is_same_v<T, float> && !weighted},
                     n_centers);
}

template <class T>
Part<T>::Part(const RowView<T>& rows, const T* weights, const WholeRanges& whole,
              std::size_t n_clusters, bool kept, int n_threads)
    : rows_(rows),
      weights_(weights),
      n_clusters_(n_clusters),
      n_threads_(n_threads),
      sums_(whole.sums<T>(n_clusters)) {
    if (kept) {
        points_ = std::make_unique<DensePoints<T>>(rows, weights, n_threads, n_clusters);
        assignment_ = std::make_unique<DenseAssignment<T>>(*points_, n_clusters, n_threads);
    } else {
        // No row has a label, so that all of them move at first.
        labels_ = Buffer<std::int32_t>(rows.n_rows);
        std::fill(labels_.data(), labels_.data() + rows.n_rows, -1);
    }
}

// Kept rows: only what changed is moved. Others: sums begin at nothing, and every block adds its
// rows. Either way they end as the same exact sums.
template <class T>
std::size_t Part<T>::assign(const ExactCenters& centers) {
    if (assignment_ != nullptr) return assignment_->assign(centers, sums_);
    // Nothing is kept of these rows but labels: their sums are made anew.
    sums_.clear();
    const std::size_t row_bytes = rows_.n_features * sizeof(T);
    // Whole chunks, four at least.
    const std::size_t block =
        std::max<std::size_t>(block_bytes / row_bytes / chunk_rows, 4) * chunk_rows;
    std::size_t n_moved = 0;
    for (std::size_t first = 0; first < rows_.n_rows; first += block) {
        poll_interrupt();
        n_moved += assign_block(first, std::min(block, rows_.n_rows - first), centers);
    }
    return n_moved;
}

// A data set of its own for a while; labels differ from the last time's where rows moved.
template <class T>
std::size_t Part<T>::assign_block(std::size_t first, std::size_t n, const ExactCenters& centers) {
    RowView<T> rows = rows_;
    rows.data += static_cast<std::ptrdiff_t>(first) * rows.row_stride;
    rows.n_rows = n;
    const DensePoints<T> points(rows, weights_ == nullptr ? nullptr : weights_ + first, n_threads_,
                                n_clusters_);
    DenseAssignment<T> assignment(points, n_clusters_, n_threads_);
    assignment.assign(centers, sums_);
    std::int32_t* const labels = labels_.data() + first;
    std::size_t n_moved = 0;
    for (std::size_t r = 0; r < n; ++r) n_moved += assignment.labels()[r] != labels[r] ? 1 : 0;
    assignment.write_labels(labels);
    return n_moved;
}

template ExactSums WholeRanges::sums<float>(std::size_t) const;
template ExactSums WholeRanges::sums<double>(std::size_t) const;
template class Part<float>;
template class Part<double>;

}  // namespace kwise
