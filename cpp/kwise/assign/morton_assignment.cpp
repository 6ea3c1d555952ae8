// Boxes of chunks, then of panels, then rows: each level is asked only for what the one above
// leaves open. docs/decisions/morton-blocks.md has what was measured.
#include "kwise/assign/morton_assignment.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

#include "kwise/base/parallel.hpp"
#include "kwise/exact/assignment_pass.hpp"

namespace kwise {
namespace {

// Rough nanoseconds for a box and a center, and for a panel whose rows are looked at: only to judge
// whether threads pay.
constexpr double box_cost = 1.0;
constexpr double panel_cost = 150.0;

}  // namespace

// What one thread needs: bits and lists of centers have room for all of them.
template <class T>
struct MortonAssignment<T>::Worker : AssignmentWorker {
    explicit Worker(std::size_t n_centers) : possible(n_centers) {}
    std::vector<std::uint64_t> possible;     // panels of a chunk, for each center in `chunk`
    std::vector<std::int32_t> chunk, panel;  // centers left
    std::int32_t new_labels[panel_rows] = {};
};

// No row has a label, and no panel one for all its rows.
template <class T>
MortonAssignment<T>::MortonAssignment(const MortonPoints<T>& points, std::size_t n_centers,
                                      int n_threads)
    : points_(points),
      n_centers_(n_centers),
      n_threads_(n_threads),
      labels_(points.n_panels() * panel_rows),
      panel_label_(points.n_panels(), -1),
      all_(n_centers),
      possible_(points.chunk_boxes().n_batches() * n_centers),
      n_scanned_(points.n_panels()) {
    // Also past the last row: their bits never count.
    std::fill(labels_.data(), labels_.data() + labels_.size(), -1);
    std::iota(all_.begin(), all_.end(), 0);
    for (int w = 0; w < std::max(1, n_threads); ++w) {
        workers_.push_back(std::make_unique<Worker>(n_centers));
    }
}

template <class T>
MortonAssignment<T>::~MortonAssignment() = default;

// First all chunks against all centers, box by box; then chunk by chunk what is left. No bounds:
// nothing is remembered but labels, and the label that a panel has as a whole.
template <class T>
std::size_t MortonAssignment<T>::assign(const ExactCenters& centers, ExactSums& sums) {
    centers_ = &centers;
    // Labels in the caller's order are made anew when asked for.
    is_by_row_ = false;
    const std::size_t n_batches = points_.chunk_boxes().n_batches();
    const auto k = static_cast<double>(n_centers_);
    parallel_for(
        n_batches,
        useful_threads(box_cost * k * static_cast<double>(n_batches * box_batch), n_threads_),
        [&](std::size_t g, int) {
            kernels().possible_centers(points_.chunk_boxes().batch(g), centers.row(0),
                                       centers.padded, all_.data(), n_centers_,
                                       possible_.data() + g * n_centers_);
        });
    // The last assignment's panels are the guess for this one's.
    const double work = 4.0 * box_cost * static_cast<double>(points_.n_panels()) +
                        k * static_cast<double>(points_.n_chunks()) +
                        panel_cost * static_cast<double>(n_scanned_);
    const AssignmentCounts counts =
        run_assignment(points_.n_chunks(), useful_threads(work, n_threads_), workers_, sums,
                       [&](std::size_t chunk, Worker& worker) { assign_chunk(chunk, worker); });
    n_scanned_ = counts.n_scanned;
    return counts.n_moved;
}

// Centers that may be nearest to something in the chunk, ascending, as nearest_listed wants them.
// There is one at least: the center nearest to the box's middle.
template <class T>
void MortonAssignment<T>::assign_chunk(std::size_t chunk, Worker& worker) {
    const std::uint64_t* possible = possible_.data() + chunk / box_batch * n_centers_;
    // Bit `chunk` of its batch, center by center.
    worker.chunk.clear();
    for (const std::int32_t c : all_) {
        if (possible[c] >> chunk % box_batch & 1u) worker.chunk.push_back(c);
    }
    if (worker.chunk.size() > 1) return assign_panels(chunk, worker);
    const std::size_t end = std::min(points_.n_panels(), (chunk + 1) * chunk_panels);
    for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
        take_panel(p, worker.chunk.front(), worker);
    }
}

// The same for the chunk's panels, among the centers left. Panels with one possible center are
// taken whole; those with more are scanned.
template <class T>
void MortonAssignment<T>::assign_panels(std::size_t chunk, Worker& worker) {
    // Boxes of a chunk's panels are one batch of the kernel, and fill the bits of one word.
    static_assert(chunk_panels == box_batch, "the panels of a chunk are a group of boxes");
    const std::size_t first = chunk * chunk_panels;
    const std::size_t n_panels = std::min(chunk_panels, points_.n_panels() - first);
    const std::uint64_t there = ~std::uint64_t{0} >> (chunk_panels - n_panels);
    kernels().possible_centers(points_.panel_boxes().batch(chunk), centers_->row(0),
                               centers_->padded, worker.chunk.data(), worker.chunk.size(),
                               worker.possible.data());
    // Panels that some center, and that more than one center, may be nearest to: carried bit by
    // bit.
    std::uint64_t once = 0, more = 0;
    for (std::size_t j = 0; j < worker.chunk.size(); ++j) {
        // Boxes past the last panel are not there.
        worker.possible[j] &= there;
        more |= once & worker.possible[j];
        once |= worker.possible[j];
    }
    for (std::size_t j = 0; j < worker.chunk.size(); ++j) {
        for (std::uint64_t bits = worker.possible[j] & ~more; bits != 0; bits &= bits - 1) {
            take_panel(first + static_cast<std::size_t>(std::countr_zero(bits)), worker.chunk[j],
                       worker);
        }
    }
    for (; more != 0; more &= more - 1) {
        const int p = std::countr_zero(more);
        // Of the next panel in `more`; without one it is number 64, which may be none of this
        // chunk's. Fetching does no harm.
        prefetch_panel(first + static_cast<std::size_t>(std::countr_zero(more & (more - 1))));
        // Ascending, as chunk is: ties go to the lowest.
        worker.panel.clear();
        for (std::size_t j = 0; j < worker.chunk.size(); ++j) {
            if (worker.possible[j] >> p & 1u) worker.panel.push_back(worker.chunk[j]);
        }
        scan_panel(first + static_cast<std::size_t>(p), worker);
    }
}

// Fetches what scan_panel will read of the next panel; there may be none (bounds are checked, as
// the address would be past the array).
template <class T>
void MortonAssignment<T>::prefetch_panel(std::size_t p) const {
    if (p >= points_.n_panels()) return;
    const auto* const panel = reinterpret_cast<const char*>(points_.panel(p));
    const std::size_t bytes = points_.n_features() * panel_rows * sizeof(T);
    for (std::size_t at = 0; at < bytes; at += 64) __builtin_prefetch(panel + at);
    __builtin_prefetch(labels_.data() + p * panel_rows);
    __builtin_prefetch(labels_.data() + p * panel_rows + 16);
}

// All rows of a panel belong to one center. Where they did so before nothing is to be done: the
// usual case, and no row is read.
template <class T>
void MortonAssignment<T>::take_panel(std::size_t p, std::int32_t label, Worker& worker) {
    if (panel_label_[p] == label) return;
    // Remembered, so that the next time it is passed over at once.
    panel_label_[p] = label;
    std::fill(worker.new_labels, worker.new_labels + panel_rows, label);
    apply_moves(p, worker);
}

// Each row of a panel for itself, among the centers left: by canonical distance, so that nothing is
// left uncertain.
template <class T>
void MortonAssignment<T>::scan_panel(std::size_t p, Worker& worker) {
    ++worker.counts.n_scanned;
    // Mixed, as far as is known: not looked at whether all rows agree.
    panel_label_[p] = -1;
    kernels().scan<T>().nearest_listed(points_.panel(p), points_.n_features(), centers_->row(0),
                                       centers_->padded, worker.panel.data(), worker.panel.size(),
                                       worker.new_labels);
    apply_moves(p, worker);
}

// Rows past the end have labels, too, but never move: their bits are cut off. All labels are
// copied, as the kernel wants it.
template <class T>
void MortonAssignment<T>::apply_moves(std::size_t p, Worker& worker) {
    const std::size_t first = p * panel_rows, n_rows = points_.n_rows() - first;
    std::int32_t* const labels = labels_.data() + first;
    std::uint32_t moved = kernels().differing(worker.new_labels, labels);
    if (n_rows < panel_rows) moved &= (1u << n_rows) - 1u;
    // Mostly: sums are left alone.
    if (moved == 0) return;
    worker.counts.n_moved += static_cast<std::size_t>(std::popcount(moved));
    const T* const weights = points_.weights() == nullptr ? nullptr : points_.weights() + first;
    kernels().update<T>().apply_panel_moves(points_.panel(p), weights, points_.n_features(), moved,
                                            worker.new_labels, labels, worker.sums.view());
}

// Not while an assignment runs. Turned to the caller's order once for each assignment.
template <class T>
const std::int32_t* MortonAssignment<T>::labels() const {
    if (is_by_row_) return by_row_.data();
    if (by_row_.size() == 0) by_row_ = Buffer<std::int32_t>(points_.n_rows());
    write_labels(by_row_.data());
    is_by_row_ = true;
    return by_row_.data();
}

template <class T>
void MortonAssignment<T>::write_labels(std::int32_t* to) const {
    const std::uint32_t* const order = points_.order();
    for (std::size_t place = 0; place < points_.n_rows(); ++place) {
        to[order[place]] = labels_[place];
    }
}

template class MortonAssignment<float>;
template class MortonAssignment<double>;

}  // namespace kwise
