#include "kwise/assign/dense_assignment.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "kwise/assign/yinyang_scanner.hpp"
#include "kwise/base/parallel.hpp"
#include "kwise/dispatch/policy.hpp"
#include "kwise/filters/cascade.hpp"
#include "kwise/filters/scaled_int16_filter.hpp"

namespace kwise {
namespace {

// Rough nanoseconds of work for a row, and for one feature of a row and a center: only to judge
// whether threads pay.
constexpr double row_cost = 5.0;
constexpr double pair_cost = 0.03;

}  // namespace

// What one thread needs; `sums` collects the moves of its rows. Arrays by row of the chunk.
template <class T>
struct DenseAssignment<T>::Worker {
    Worker(const DensePoints<T>& points, std::size_t n_centers)
        : decide(points.n_features()),
          gathered(gathered_panels(points.panel_stride()) * points.panel_stride()),
          words((points.n_features() + 1) / 2 * panel_rows) {
        if (points.scaled_int16() != nullptr || points.is_row_major(n_centers)) {
            scan = std::make_unique<RowScanner<T>>(points);
        }
    }
    // As many panels of gathered rows as the first-level cache holds.
    static std::size_t gathered_panels(std::size_t panel_stride) {
        constexpr std::size_t cache = 24576 / sizeof(float);
        return std::clamp<std::size_t>(cache / panel_stride, 1, chunk_panels / 2);
    }
    DecideScratch decide;
    Buffer<float> gathered;
    Buffer<std::int32_t> words;  // the same in int16
    std::unique_ptr<RowScanner<T>> scan;
    std::unique_ptr<YinyangScanner> yinyang_scanner;
    std::vector<std::uint32_t> uncertain;
    WorkerSums sums;
    Buffer<float> best{chunk_rows}, second{chunk_rows}, margin{chunk_rows};
    Buffer<std::int32_t> label{chunk_rows}, nearest{chunk_rows};
    // Lists of rows; the kernels that write them want some room at the end.
    Buffer<std::uint32_t> active{chunk_rows + panel_rows}, moved{chunk_rows + panel_rows};
    std::size_t n_moved = 0, n_scanned = 0, n_uncertain = 0;
};

template <class T>
DenseAssignment<T>::DenseAssignment(const DensePoints<T>& points, std::size_t n_centers,
                                    int n_threads)
    : points_(points),
      n_centers_(n_centers),
      n_threads_(n_threads),
      labels_(points.n_panels() * panel_rows),
      shape_{points.n_rows(), points.n_features(), n_centers},
      bounds_(points.n_panels() * panel_rows, n_centers),
      is_row_major_(points.is_row_major(n_centers)) {
    if (n_centers > 1 && int16_serves(shape_)) {
        int16_ = points.int16(n_threads);
    }
    if (n_centers > 1 && points.scaled_int16() == nullptr && !is_row_major_ && int16_ == nullptr) {
        points.ensure_panels(n_threads);
    }
    // Rows past the end have a label that can be looked up, and never change it.
    std::fill(labels_.data(), labels_.data() + points.n_rows(), -1);
    std::fill(labels_.data() + points.n_rows(), labels_.data() + labels_.size(), 0);
    for (int w = 0; w < std::max(1, n_threads); ++w) {
        workers_.push_back(std::make_unique<Worker>(points, n_centers));
    }
}

template <class T>
DenseAssignment<T>::~DenseAssignment() = default;

template <class T>
void DenseAssignment<T>::set_initial_labels(Buffer<std::int32_t>&& labels) {
    labels_ = std::move(labels);
    has_initial_labels_ = true;
}

template <class T>
std::size_t DenseAssignment<T>::assign(const ExactCenters& centers, ExactSums& sums) {
    centers_ = &centers;
    filter_.expect(centers, points_.n_features(), points_.transform());
    fine_filter_.expect(centers, points_.n_features(), points_.transform());
    if (is_row_major_)
        row_major_filter_.pack_row_major(centers, points_.n_features(), points_.transform());
    if (int16_ != nullptr && !int16_filter_.pack(centers, *int16_, points_.transform()))
        fall_back_to_float32();
    bounds_.begin(n_centers_ == 1 ? 0 : n_centers_ * (points_.n_features() + 1));
    if (points_.scaled_int16() != nullptr) pack_scaled_int16(centers);
    const double work = row_cost * static_cast<double>(points_.n_rows()) +
                        pair_cost * static_cast<double>(points_.n_rows() * n_centers_) *
                            static_cast<double>(points_.n_features() + 4);
    const int n_threads = useful_threads(work, n_threads_);
    for (auto& worker : workers_) worker->sums.begin(sums, worker == workers_.front());
    parallel_for(points_.n_chunks(), n_threads, [&](std::size_t chunk, int worker) {
        assign_chunk(chunk, *workers_[static_cast<std::size_t>(worker)]);
    });
    std::size_t n_moved = 0, n_scanned = 0, n_uncertain = 0;
    for (auto& worker : workers_) {
        n_moved += worker->n_moved;
        n_scanned += worker->n_scanned;
        n_uncertain += worker->n_uncertain;
        worker->n_moved = worker->n_scanned = worker->n_uncertain = 0;
        worker->sums.end();
    }
    adapt_filter();
    adapt_bounds(n_moved);
    has_initial_labels_ = false;
    if (int16_ != nullptr && int16_fails(n_uncertain, n_scanned, points_.n_rows()))
        fall_back_to_float32();
    bounds_.end(static_cast<double>(n_scanned) / static_cast<double>(points_.n_rows()));
    return n_moved;
}

template <class T>
void DenseAssignment<T>::assign_chunk(std::size_t chunk, Worker& worker) {
    const std::size_t first = chunk * chunk_panels;
    const std::size_t n_panels = std::min(points_.n_panels() - first, chunk_panels);
    const std::size_t first_row = first * panel_rows;
    const std::size_t n_rows = std::min(points_.n_rows() - first_row, n_panels * panel_rows);
    std::int32_t* const labels = labels_.data() + first_row;
    std::size_t n_active = n_rows;
    if (bounds_.use()) {
        n_active = kernels().active_rows(n_rows, bounds_.margins() + first_row, labels,
                                         bounds_.drift(), n_centers_, worker.active.data());
    }
    if (n_active == 0) return;
    worker.n_scanned += n_active;
    const bool listed = worker.scan != nullptr;
    const bool known = has_initial_labels_ && take_initial_labels(first_row, n_rows, worker);
    const bool all = known || n_centers_ == 1 ||
                     (listed ? n_active == n_rows : !gathering_pays(n_active, n_rows));
    if (known) {
        // Only what is undecided is left to do.
    } else if (n_centers_ == 1) {
        std::fill(worker.label.data(), worker.label.data() + n_rows, 0);
    } else if (listed) {
        if (all) std::iota(worker.active.data(), worker.active.data() + n_rows, 0u);
        groups_ == nullptr ? scan_listed(first_row, n_active, worker)
                           : scan_yinyang(first_row, n_active, labels, worker);
    } else if (int16_ != nullptr) {
        all ? scan_int16_chunk(first, n_panels, worker)
            : scan_int16_active(first, n_active, worker);
        worker.n_uncertain += worker.decide.undecided.size();
    } else if (all) {
        scan_chunk(first, n_panels, n_rows, worker);
    } else {
        scan_active_rows(first, n_active, worker);
    }
    decide_rows(points_.rows(), *centers_, fine_filter_, points_.transform(), first_row,
                worker.decide, worker.label.data());
    std::size_t n_moved = 0;
    if (all) {
        n_moved = kernels().find_moved(n_rows, worker.label.data(), labels, worker.moved.data());
    } else {
        for (std::size_t m = 0; m < n_active; ++m) {
            const std::uint32_t row = worker.active[m];
            worker.moved[n_moved] = row;
            n_moved += worker.label[row] != labels[row] ? 1 : 0;
        }
    }
    kernels().update<T>().apply_moves(points_.rows(), points_.weights(), first_row,
                                      worker.moved.data(), n_moved, worker.label.data(), labels,
                                      worker.sums.view());
    worker.n_moved += n_moved;
}

// What int16 leaves uncertain is too much: float32 from now on.
template <class T>
void DenseAssignment<T>::fall_back_to_float32() {
    int16_ = nullptr;
    points_.ensure_panels(n_threads_);
}

// Scans all rows of a chunk in place, in int16.
template <class T>
void DenseAssignment<T>::scan_int16_chunk(std::size_t first, std::size_t n_panels, Worker& worker) {
    const Int16Centers centers = int16_filter_.packed();
    const std::size_t n_pairs = int16_->quantizer().n_pairs();
    std::int32_t half_squares[panel_rows];
    for (std::size_t p = 0; p < n_panels; ++p) {
        const std::size_t at = p * panel_rows, row = first * panel_rows + at;
        std::uint32_t uncertain = 0;
        int16_->read(row, nullptr, panel_rows, worker.words.data(), half_squares);
        kernels().top2_int16(worker.words.data(), n_pairs, half_squares, centers, bounds_.drift(),
                             worker.label.data() + at,
                             bounds_.keep() ? bounds_.margins() + row : nullptr, &uncertain);
        for (; uncertain != 0; uncertain &= uncertain - 1) {
            const std::size_t active = row + static_cast<std::size_t>(std::countr_zero(uncertain));
            if (active < points_.n_rows()) leave_undecided(active, worker);
        }
    }
}

// Gathers the active rows of a chunk into panels and scans these, in int16.
template <class T>
void DenseAssignment<T>::scan_int16_active(std::size_t first, std::size_t n_active,
                                           Worker& worker) {
    const Int16Centers centers = int16_filter_.packed();
    const std::size_t n_pairs = int16_->quantizer().n_pairs();
    std::int32_t half_squares[panel_rows], labels[panel_rows];
    float margins[panel_rows];
    float* const kept = bounds_.margins() + first * panel_rows;
    for (std::size_t start = 0; start < n_active; start += panel_rows) {
        const std::uint32_t* const rows = worker.active.data() + start;
        const std::size_t count = std::min(panel_rows, n_active - start);
        const std::size_t next = std::min(n_active, start + panel_rows);
        int16_->prefetch(first * panel_rows, worker.active.data() + next,
                         std::min(panel_rows, n_active - next));
        int16_->read(first * panel_rows, rows, count, worker.words.data(), half_squares);
        std::uint32_t uncertain = 0;
        kernels().top2_int16(worker.words.data(), n_pairs, half_squares, centers, bounds_.drift(),
                             labels, margins, &uncertain);
        for (std::size_t r = 0; r < count; ++r) {
            worker.label[rows[r]] = labels[r];
            kept[rows[r]] = margins[r];
            if (uncertain >> r & 1u) leave_undecided(first * panel_rows + rows[r], worker);
        }
    }
}

// Moves what is known of the labels of a chunk to the worker, as if it were scanned; false where
// scanning is cheaper than to decide the rest.
template <class T>
bool DenseAssignment<T>::take_initial_labels(std::size_t first_row, std::size_t n_rows,
                                             Worker& worker) {
    std::int32_t* const labels = labels_.data() + first_row;
    std::copy(labels, labels + n_rows, worker.label.data());
    std::fill(labels, labels + n_rows, -1);
    const std::int32_t* const known = worker.label.data();
    const auto n_unknown = static_cast<std::size_t>(std::count(known, known + n_rows, -1));
    if (!first_labels_serve(n_unknown, n_rows)) return false;
    for (std::size_t r = 0; r < n_rows && n_unknown > 0; ++r) {
        if (known[r] < 0) leave_undecided(first_row + r, worker);
    }
    return true;
}

// Scans the active rows of a chunk as they are, or from scaled int16 on.
template <class T>
void DenseAssignment<T>::scan_listed(std::size_t first_row, std::size_t n_active, Worker& worker) {
    worker.scan->scan(
        worker.active.data(), n_active,
        {is_row_major_ ? &row_major_filter_ : nullptr,
         scaled_int16_cooldown_ == 0 ? &scaled_int16_filter_ : nullptr, &filter_},
        {first_row, worker.label.data(), bounds_.keep() ? bounds_.margins() + first_row : nullptr,
         bounds_.drift(), &worker.decide.undecided});
}

// In scaled int16, by Yinyang groups once there are bounds to keep.
template <class T>
void DenseAssignment<T>::pack_scaled_int16(const ExactCenters& centers) {
    const ScaledInt16Rows& rows = *points_.scaled_int16();
    const std::size_t d = points_.n_features();
    const auto worst_ratio = static_cast<double>(rows.worst_ratio());
    const bool pays = bounds_.keep() && few_moves_ && scaled_int16_cooldown_ == 0 &&
                      yinyang_cooldown_ == 0 && yinyang_pays(shape_);
    if (!pays) {
        groups_.reset();
        scaled_int16_filter_.pack(centers, d, points_.transform(), worst_ratio);
        return;
    }
    if (groups_ == nullptr) {
        groups_ = std::make_unique<YinyangBounds>(rows, points_.n_rows(), centers, d);
    }
    groups_->begin(centers, d, points_.transform(), worst_ratio, bounds_.drift());
}

template <class T>
void DenseAssignment<T>::scan_yinyang(std::size_t first_row, std::size_t n_active,
                                      const std::int32_t* labels, Worker& worker) {
    if (worker.yinyang_scanner == nullptr) {
        worker.yinyang_scanner = std::make_unique<YinyangScanner>(
            *points_.scaled_int16(), points_.n_features(), groups_->groups().n_groups());
    }
    const ScanTarget target{first_row, worker.label.data(), bounds_.margins() + first_row,
                            bounds_.drift(), &worker.decide.undecided};
    worker.uncertain.clear();
    worker.yinyang_scanner->scan(*groups_, worker.active.data(), n_active, labels, target,
                                 worker.uncertain);
    worker.scan->scan_again(worker.uncertain, n_active, &filter_, target);
}

// Where scaled int16 leaves most rows uncertain, float32 alone is cheaper for a while.
template <class T>
void DenseAssignment<T>::adapt_filter() {
    std::size_t n_seen = 0, n_uncertain = 0;
    for (auto& worker : workers_) {
        if (worker->scan != nullptr) worker->scan->take_counts(n_seen, n_uncertain);
    }
    if (scaled_int16_cooldown_ > 0) {
        --scaled_int16_cooldown_;
    } else if (scaled_int16_fails(n_uncertain, n_seen)) {
        scaled_int16_cooldown_ = scaled_int16_cooldown;
    }
}

// Where most groups are active for most rows, Yinyang bounds only cost: none for a while.
template <class T>
void DenseAssignment<T>::adapt_bounds(std::size_t n_moved) {
    // Centers whose labels were known come from seeding, and travel little.
    few_moves_ = has_initial_labels_ || moves_are_few(n_moved, points_.n_rows());
    std::size_t n_seen = 0, n_all = 0;
    for (auto& worker : workers_) {
        if (worker->yinyang_scanner != nullptr) worker->yinyang_scanner->take_counts(n_seen, n_all);
    }
    if (yinyang_cooldown_ > 0) {
        --yinyang_cooldown_;
    } else if (yinyang_fails(n_all, n_seen)) {
        yinyang_cooldown_ = yinyang_cooldown;
    }
}

// Scans all rows of a chunk in place.
template <class T>
void DenseAssignment<T>::scan_chunk(std::size_t first, std::size_t n_panels, std::size_t n_rows,
                                    Worker& worker) {
    const std::size_t first_row = first * panel_rows, d = points_.n_features();
    std::uint32_t uncertain[chunk_panels];
    kernels().scan<float>().top2(points_.panel(first), n_panels, points_.panel_stride(), d + 1,
                                 filter_.get().packed(), worker.best.data(), worker.second.data(),
                                 worker.label.data());
    kernels().certify(n_panels, worker.best.data(), worker.second.data(), worker.label.data(),
                      points_.panel(first) + d * panel_rows, points_.panel_stride(),
                      filter_.get().bands(), bounds_.drift(),
                      bounds_.keep() ? bounds_.margins() + first_row : nullptr, uncertain);
    if (n_rows % panel_rows != 0) uncertain[n_panels - 1] &= (1u << n_rows % panel_rows) - 1u;
    for (std::size_t p = 0; p < n_panels; ++p) {
        for (std::uint32_t bits = uncertain[p]; bits != 0; bits &= bits - 1) {
            const std::size_t row =
                first_row + p * panel_rows + static_cast<std::size_t>(__builtin_ctz(bits));
            leave_undecided(row, worker);
        }
    }
}

// Gathers the active rows of a chunk into panels and scans these.
template <class T>
void DenseAssignment<T>::scan_active_rows(std::size_t first, std::size_t n_active, Worker& worker) {
    const std::size_t stride = points_.panel_stride();
    const std::size_t step = worker.gathered.size() / stride * panel_rows;
    for (std::size_t start = 0; start < n_active; start += step) {
        const std::size_t count = std::min(step, n_active - start);
        for (std::size_t at = 0; at < count; at += panel_rows) {
            const std::size_t next = std::min(n_active, start + at + panel_rows);
            points_.prefetch(first, worker.active.data() + next,
                             std::min(panel_rows, n_active - next));
            points_.gather(first, worker.active.data() + start + at,
                           std::min(panel_rows, count - at),
                           worker.gathered.data() + at / panel_rows * stride);
        }
        scan_gathered(first * panel_rows, worker.active.data() + start, count, worker);
    }
}

template <class T>
void DenseAssignment<T>::scan_gathered(std::size_t first_row, const std::uint32_t* rows,
                                       std::size_t count, Worker& worker) {
    const std::size_t d = points_.n_features(), stride = points_.panel_stride();
    const std::size_t n_panels = (count + panel_rows - 1) / panel_rows;
    std::uint32_t uncertain[chunk_panels];
    kernels().scan<float>().top2(worker.gathered.data(), n_panels, stride, d + 1,
                                 filter_.get().packed(), worker.best.data(), worker.second.data(),
                                 worker.nearest.data());
    kernels().certify(n_panels, worker.best.data(), worker.second.data(), worker.nearest.data(),
                      worker.gathered.data() + d * panel_rows, stride, filter_.get().bands(),
                      bounds_.drift(), worker.margin.data(), uncertain);
    float* const margins = bounds_.margins() + first_row;
    for (std::size_t r = 0; r < count; ++r) {
        worker.label[rows[r]] = worker.nearest[r];
        margins[rows[r]] = worker.margin[r];
    }
    for (std::size_t p = 0; p < n_panels; ++p) {
        for (std::uint32_t bits = uncertain[p]; bits != 0; bits &= bits - 1) {
            const std::size_t r = p * panel_rows + static_cast<std::size_t>(__builtin_ctz(bits));
            if (r < count) leave_undecided(first_row + rows[r], worker);
        }
    }
}

template <class T>
void DenseAssignment<T>::leave_undecided(std::size_t row, Worker& worker) {
    worker.decide.undecided.push_back(static_cast<std::uint32_t>(row));
    if (bounds_.keep()) bounds_.margins()[row] = -std::numeric_limits<float>::infinity();
}

template class DenseAssignment<float>;
template class DenseAssignment<double>;
}  // namespace kwise
