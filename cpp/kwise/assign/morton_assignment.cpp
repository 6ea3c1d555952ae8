#include "kwise/assign/morton_assignment.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

#include "kwise/base/parallel.hpp"

namespace kwise {
namespace {

// Rough nanoseconds for a box and a center, and for a panel whose rows are looked at: only to judge
// whether threads pay.
constexpr double box_cost = 1.0;
constexpr double panel_cost = 150.0;

void nearest_listed(const float* panel, std::size_t n_features, const ExactCenters& centers,
                    const std::vector<std::int32_t>& list, std::int32_t* nearest) {
    kernels().nearest_listed_f32(panel, n_features, centers.row(0), centers.padded, list.data(),
                                 list.size(), nearest);
}
void nearest_listed(const double* panel, std::size_t n_features, const ExactCenters& centers,
                    const std::vector<std::int32_t>& list, std::int32_t* nearest) {
    kernels().nearest_listed_f64(panel, n_features, centers.row(0), centers.padded, list.data(),
                                 list.size(), nearest);
}
void settle_panel(const float* panel, const float* weights, std::size_t n_features,
                  std::uint32_t moved, const std::int32_t* is, std::int32_t* labels,
                  const SumsView& sums) {
    kernels().settle_panel_f32(panel, weights, n_features, moved, is, labels, sums);
}
void settle_panel(const double* panel, const double* weights, std::size_t n_features,
                  std::uint32_t moved, const std::int32_t* is, std::int32_t* labels,
                  const SumsView& sums) {
    kernels().settle_panel_f64(panel, weights, n_features, moved, is, labels, sums);
}

}  // namespace

// What one thread needs; `sums` collects the moves of its rows.
template <class T>
struct BlockAssignment<T>::Worker {
    explicit Worker(std::size_t n_centers) : possible(n_centers) {}
    WorkerSums sums;
    std::vector<std::uint64_t> possible;     // panels of a chunk, for each center in `chunk`
    std::vector<std::int32_t> chunk, panel;  // centers left
    std::int32_t is[panel_rows] = {};
    std::size_t n_moved = 0, n_scanned = 0;
};

template <class T>
BlockAssignment<T>::BlockAssignment(const OrderedPoints<T>& points, std::size_t n_centers,
                                    int n_threads)
    : points_(points),
      n_centers_(n_centers),
      n_threads_(n_threads),
      labels_(points.n_panels() * panel_rows),
      panel_label_(points.n_panels(), -1),
      all_(n_centers),
      possible_(points.chunk_boxes().n_groups() * n_centers),
      n_scanned_(points.n_panels()) {
    std::fill(labels_.data(), labels_.data() + labels_.size(), -1);
    std::iota(all_.begin(), all_.end(), 0);
    for (int w = 0; w < std::max(1, n_threads); ++w) {
        workers_.push_back(std::make_unique<Worker>(n_centers));
    }
}

template <class T>
BlockAssignment<T>::~BlockAssignment() = default;

template <class T>
std::size_t BlockAssignment<T>::assign(const ExactCenters& centers, ExactSums& sums) {
    centers_ = &centers;
    is_by_row_ = false;
    for (auto& worker : workers_) worker->sums.begin(sums, worker == workers_.front());
    const std::size_t n_groups = points_.chunk_boxes().n_groups();
    const auto k = static_cast<double>(n_centers_);
    parallel_for(
        n_groups,
        useful_threads(box_cost * k * static_cast<double>(n_groups * box_group), n_threads_),
        [&](std::size_t g, int) {
            kernels().possible_centers(points_.chunk_boxes().group(g), centers.row(0),
                                       centers.padded, all_.data(), n_centers_,
                                       possible_.data() + g * n_centers_);
        });
    const double work = 4.0 * box_cost * static_cast<double>(points_.n_panels()) +
                        k * static_cast<double>(points_.n_chunks()) +
                        panel_cost * static_cast<double>(n_scanned_);
    parallel_for(points_.n_chunks(), useful_threads(work, n_threads_),
                 [&](std::size_t chunk, int worker) {
                     assign_chunk(chunk, *workers_[static_cast<std::size_t>(worker)]);
                 });
    std::size_t n_moved = 0;
    n_scanned_ = 0;
    for (auto& worker : workers_) {
        n_moved += worker->n_moved;
        n_scanned_ += worker->n_scanned;
        worker->n_moved = worker->n_scanned = 0;
        worker->sums.end();
    }
    return n_moved;
}

template <class T>
void BlockAssignment<T>::assign_chunk(std::size_t chunk, Worker& worker) {
    const std::uint64_t* possible = possible_.data() + chunk / box_group * n_centers_;
    worker.chunk.clear();
    for (const std::int32_t c : all_) {
        if (possible[c] >> chunk % box_group & 1u) worker.chunk.push_back(c);
    }
    if (worker.chunk.size() > 1) return assign_panels(chunk, worker);
    const std::size_t end = std::min(points_.n_panels(), (chunk + 1) * chunk_panels);
    for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
        take_panel(p, worker.chunk.front(), worker);
    }
}

template <class T>
void BlockAssignment<T>::assign_panels(std::size_t chunk, Worker& worker) {
    static_assert(chunk_panels == box_group, "the panels of a chunk are a group of boxes");
    const std::size_t first = chunk * chunk_panels;
    const std::size_t n_panels = std::min(chunk_panels, points_.n_panels() - first);
    const std::uint64_t there = ~std::uint64_t{0} >> (chunk_panels - n_panels);
    kernels().possible_centers(points_.panel_boxes().group(chunk), centers_->row(0),
                               centers_->padded, worker.chunk.data(), worker.chunk.size(),
                               worker.possible.data());
    std::uint64_t once = 0, more = 0;
    for (std::size_t j = 0; j < worker.chunk.size(); ++j) {
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
        prefetch_panel(first + static_cast<std::size_t>(std::countr_zero(more & (more - 1))));
        worker.panel.clear();
        for (std::size_t j = 0; j < worker.chunk.size(); ++j) {
            if (worker.possible[j] >> p & 1u) worker.panel.push_back(worker.chunk[j]);
        }
        scan_panel(first + static_cast<std::size_t>(p), worker);
    }
}

// Fetches what scan_panel will read of the next panel; there may be none.
template <class T>
void BlockAssignment<T>::prefetch_panel(std::size_t p) const {
    if (p >= points_.n_panels()) return;
    const auto* const panel = reinterpret_cast<const char*>(points_.panel(p));
    const std::size_t bytes = points_.n_features() * panel_rows * sizeof(T);
    for (std::size_t at = 0; at < bytes; at += 64) __builtin_prefetch(panel + at);
    __builtin_prefetch(labels_.data() + p * panel_rows);
    __builtin_prefetch(labels_.data() + p * panel_rows + 16);
}

// All rows of a panel belong to one center.
template <class T>
void BlockAssignment<T>::take_panel(std::size_t p, std::int32_t label, Worker& worker) {
    if (panel_label_[p] == label) return;
    panel_label_[p] = label;
    std::fill(worker.is, worker.is + panel_rows, label);
    settle(p, worker);
}

// Each row of a panel for itself, among the centers left.
template <class T>
void BlockAssignment<T>::scan_panel(std::size_t p, Worker& worker) {
    ++worker.n_scanned;
    panel_label_[p] = -1;
    nearest_listed(points_.panel(p), points_.n_features(), *centers_, worker.panel, worker.is);
    settle(p, worker);
}

template <class T>
void BlockAssignment<T>::settle(std::size_t p, Worker& worker) {
    const std::size_t first = p * panel_rows, n_rows = points_.n_rows() - first;
    std::int32_t* const labels = labels_.data() + first;
    std::uint32_t moved = kernels().differing(worker.is, labels);
    if (n_rows < panel_rows) moved &= (1u << n_rows) - 1u;
    if (moved == 0) return;
    worker.n_moved += static_cast<std::size_t>(std::popcount(moved));
    const T* const weights = points_.weights() == nullptr ? nullptr : points_.weights() + first;
    settle_panel(points_.panel(p), weights, points_.n_features(), moved, worker.is, labels,
                 worker.sums.view());
}

template <class T>
const std::int32_t* BlockAssignment<T>::labels() const {
    if (is_by_row_) return by_row_.data();
    if (by_row_.size() == 0) by_row_ = Buffer<std::int32_t>(points_.n_rows());
    write_labels(by_row_.data());
    is_by_row_ = true;
    return by_row_.data();
}

template <class T>
void BlockAssignment<T>::write_labels(std::int32_t* to) const {
    const std::uint32_t* const order = points_.order();
    for (std::size_t place = 0; place < points_.n_rows(); ++place) {
        to[order[place]] = labels_[place];
    }
}

template class BlockAssignment<float>;
template class BlockAssignment<double>;

}  // namespace kwise
