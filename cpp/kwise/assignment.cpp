#include "kwise/assignment.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "kwise/parallel.hpp"

namespace kwise {
namespace {

// Relative error of a float32 norm's square, and of the square roots taken of bounds.
constexpr float norm_error = 0x1p-20f;
// Bounds cost a look at every row; below this much work per row a full scan is cheaper.
constexpr std::size_t bounds_pay_from = 24;
// Where more than this share of the rows had to be scanned anyway, bounds rest for a while.
constexpr double bounds_fail_share = 0.7;
constexpr std::size_t bounds_rest = 4;

std::size_t n_threads_at_least_one(int n_threads) {
    return static_cast<std::size_t>(std::max(1, n_threads));
}

}  // namespace

// What one thread needs; `sums` collects the moves of its rows.
template <class T>
struct Assignment<T>::Worker {
    Worker(const Points<T>& points, std::size_t n_centers)
        : decide(points.n_features()),
          gathered(points.panel_stride()),
          row(points.padded()),
          sums(points, n_centers) {}
    DecideScratch decide;
    Buffer<float> gathered;
    std::vector<double> row;
    ExactSums sums;
    Buffer<float> best{chunk_rows}, second{chunk_rows}, margin{chunk_rows};
    Buffer<std::int32_t> index{chunk_rows}, label{chunk_rows};
    std::size_t n_moved = 0, n_scanned = 0;
};

template <class T>
Assignment<T>::Assignment(const Points<T>& points, std::size_t n_centers, int n_threads)
    : points_(points),
      n_centers_(n_centers),
      n_threads_(n_threads),
      labels_(points.n_panels() * panel_rows),
      margins_(points.n_panels() * panel_rows),
      drift_(n_centers, 0.0),
      drift_up_(n_centers, 0.0f) {
    std::fill(labels_.data(), labels_.data() + labels_.size(), -1);
    for (std::size_t w = 0; w < n_threads_at_least_one(n_threads); ++w) {
        workers_.push_back(std::make_unique<Worker>(points, n_centers));
    }
}

template <class T>
Assignment<T>::~Assignment() = default;

template <class T>
std::size_t Assignment<T>::assign(const ExactCenters& centers, ExactSums& sums) {
    centers_ = &centers;
    filter_.pack(centers, points_.n_features(), points_.frame());
    fine_filter_.pack(centers, points_.n_features(), points_.frame());
    const std::size_t work = n_centers_ * (points_.n_features() + 1);
    keep_margins_ = work >= bounds_pay_from && n_iterations_ + 1 >= next_bounded_;
    parallel_for(points_.n_chunks(), n_threads_, [&](std::size_t chunk, int worker) {
        assign_chunk(chunk, *workers_[static_cast<std::size_t>(worker)]);
    });
    std::size_t n_moved = 0, n_scanned = 0;
    for (auto& worker : workers_) {
        n_moved += worker->n_moved;
        n_scanned += worker->n_scanned;
        worker->n_moved = worker->n_scanned = 0;
        sums.absorb(worker->sums);
    }
    choose_mode(n_scanned);
    return n_moved;
}

template <class T>
void Assignment<T>::choose_mode(std::size_t n_scanned) {
    ++n_iterations_;
    const double share = static_cast<double>(n_scanned) / static_cast<double>(points_.n_rows());
    if (use_bounds_ && share > bounds_fail_share) {
        next_bounded_ = n_iterations_ + bounds_rest;
        use_bounds_ = false;
    } else {
        use_bounds_ = keep_margins_;
    }
}

template <class T>
void Assignment<T>::centers_moved(const std::vector<double>& shifts) {
    double first = 0.0, second = 0.0;
    std::size_t farthest = 0;
    for (std::size_t c = 0; c < n_centers_; ++c) {
        if (shifts[c] > first) {
            second = first;
            first = shifts[c];
            farthest = c;
        } else {
            second = std::max(second, shifts[c]);
        }
    }
    for (std::size_t c = 0; c < n_centers_; ++c) {
        const double others = c == farthest ? second : first;
        drift_[c] += (shifts[c] + others) * points_.frame().scale * (1.0 + 1e-12);
        drift_up_[c] = static_cast<float>(drift_[c] * (1.0 + 0x1p-22));
    }
}

// One bit a row that the bounds do not settle; returns how many.
template <class T>
std::size_t Assignment<T>::check_bounds(std::size_t chunk, std::uint32_t* open) const {
    const std::size_t first = chunk * chunk_panels;
    const std::size_t end = std::min(points_.n_panels(), first + chunk_panels);
    std::size_t n_open = 0;
    for (std::size_t p = first; p < end; ++p) {
        const std::size_t at = p * panel_rows;
        std::uint32_t bits =
            kernels().margin_bits(margins_.data() + at, labels_.data() + at, drift_up_.data());
        if (at + panel_rows > points_.n_rows()) bits &= (1u << (points_.n_rows() - at)) - 1u;
        open[p - first] = bits;
        n_open += static_cast<std::size_t>(__builtin_popcount(bits));
    }
    return n_open;
}

template <class T>
void Assignment<T>::scan_panels(const float* panels, std::size_t n_panels, std::size_t stride,
                                Worker& worker) {
    kernels().top2_f32(panels, n_panels, stride, points_.n_features() + 1, filter_.packed(),
                       worker.best.data(), worker.second.data(), worker.index.data());
    worker.n_scanned += n_panels * panel_rows;
}

// Takes over the scanned scores of one panel (at `at` in the worker's arrays): certain labels at
// once, uncertain rows into the list. lanes[r] is the row of entry r; null means the panel's own.
template <class T>
void Assignment<T>::take_panel(std::size_t panel, const std::uint32_t* lanes, std::size_t count,
                               std::size_t at, Worker& worker) {
    const float* norms = (lanes == nullptr ? points_.panel(panel) : worker.gathered.data()) +
                         points_.n_features() * panel_rows;
    float* margin = worker.margin.data();
    const std::int32_t* index = worker.index.data() + at;
    const std::uint32_t uncertain =
        kernels().certify_f32(worker.best.data() + at, worker.second.data() + at, index, norms,
                              filter_.band_constant(), filter_.band_slope(), norm_error, margin);
    const std::size_t first_row = panel / chunk_panels * chunk_rows;
    for (std::size_t r = 0; r < count; ++r) {
        const std::uint32_t row =
            lanes == nullptr ? static_cast<std::uint32_t>(panel * panel_rows + r) : lanes[r];
        worker.label[row - first_row] = index[r];
        const float drift = drift_up_[static_cast<std::size_t>(index[r])];
        margins_[row] = margin[r] + drift - 0x1p-21f * (std::fabs(margin[r]) + drift);
        if (uncertain >> r & 1u) {
            worker.decide.undecided.push_back(row);
            margins_[row] = -std::numeric_limits<float>::infinity();
        }
    }
}

template <class T>
void Assignment<T>::assign_chunk(std::size_t chunk, Worker& worker) {
    const std::size_t first = chunk * chunk_panels;
    const std::size_t end = std::min(points_.n_panels(), first + chunk_panels);
    const std::size_t first_row = first * panel_rows;
    const std::size_t n_rows = std::min(points_.n_rows(), end * panel_rows) - first_row;
    std::uint32_t open[chunk_panels];
    const std::size_t n_open = use_bounds_ ? check_bounds(chunk, open) : n_rows;
    if (n_open == 0) return;
    if (n_open * 2 > n_rows) {
        scan_panels(points_.panel(first), end - first, points_.panel_stride(), worker);
        for (std::size_t p = first; p < end; ++p) {
            take_panel(p, nullptr, std::min(panel_rows, points_.n_rows() - p * panel_rows),
                       (p - first) * panel_rows, worker);
        }
    } else {
        std::copy(labels_.data() + first_row, labels_.data() + first_row + n_rows,
                  worker.label.data());
        std::uint32_t lanes[panel_rows];
        std::size_t count = 0;
        const std::size_t n_features = points_.n_features() + 1;
        for (std::size_t p = first; p < end; ++p) {
            for (std::uint32_t bits = open[p - first]; bits != 0; bits &= bits - 1) {
                const auto lane = static_cast<std::uint32_t>(__builtin_ctz(bits));
                const float* from = points_.panel(p) + lane;
                float* to = worker.gathered.data() + count;
                for (std::size_t i = 0; i < n_features * panel_rows; i += panel_rows)
                    to[i] = from[i];
                lanes[count++] = static_cast<std::uint32_t>(p * panel_rows) + lane;
                if (count < panel_rows) continue;
                scan_panels(worker.gathered.data(), 1, 0, worker);
                take_panel(first, lanes, count, 0, worker);
                count = 0;
            }
        }
        if (count > 0) {
            scan_panels(worker.gathered.data(), 1, 0, worker);
            take_panel(first, lanes, count, 0, worker);
        }
    }
    decide_rows(points_.rows(), *centers_, fine_filter_, points_.frame(), first_row, worker.decide,
                worker.label.data());
    settle_chunk(chunk, worker);
}

// Moves the rows whose label changed from one center's sums to the other's.
template <class T>
void Assignment<T>::settle_chunk(std::size_t chunk, Worker& worker) {
    const std::size_t first_row = chunk * chunk_rows;
    const std::size_t n_rows = std::min(points_.n_rows() - first_row, chunk_rows);
    std::int32_t* labels = labels_.data() + first_row;
    for (std::size_t r = 0; r < n_rows; ++r) {
        const std::int32_t was = labels[r], is = worker.label[r];
        if (was == is) continue;
        const double weight = points_.weight(first_row + r);
        points_.exact_row(first_row + r, worker.row.data());
        if (was >= 0) {
            worker.sums.add(static_cast<std::size_t>(was), worker.row.data(), weight, -1.0);
        }
        worker.sums.add(static_cast<std::size_t>(is), worker.row.data(), weight, 1.0);
        labels[r] = is;
        ++worker.n_moved;
    }
}

template <class T>
void label_rows(const RowView<T>& rows, const ExactCenters& centers, int n_threads,
                std::int32_t* labels) {
    const std::size_t d = rows.n_features, stride = (d + 1) * panel_rows;
    // The centers' mean, rounded to T, centers the filter; the labels do not depend on it.
    FilterFrame frame{std::vector<double>(d, 0.0), 1.0};
    double largest = 0.0;
    for (std::size_t i = 0; i < d; ++i) {
        for (std::size_t c = 0; c < centers.n_centers; ++c) frame.offset[i] += centers.row(c)[i];
        frame.offset[i] = static_cast<T>(frame.offset[i] / static_cast<double>(centers.n_centers));
        for (std::size_t c = 0; c < centers.n_centers; ++c) {
            largest = std::max(largest, std::fabs(centers.row(c)[i] - frame.offset[i]));
        }
    }
    frame.scale = filter_scale(largest);
    FilterCenters<float> filter;
    FilterCenters<double> fine_filter;
    filter.pack(centers, d, frame);
    fine_filter.pack(centers, d, frame);
    struct Scratch {
        explicit Scratch(std::size_t n_features)
            : decide(n_features), panel((n_features + 1) * panel_rows) {}
        DecideScratch decide;
        Buffer<float> panel;
    };
    std::vector<std::unique_ptr<Scratch>> scratch(n_threads_at_least_one(n_threads));
    for (auto& each : scratch) each = std::make_unique<Scratch>(d);
    const std::size_t n_chunks = (rows.n_rows + chunk_rows - 1) / chunk_rows;
    parallel_for(n_chunks, n_threads, [&](std::size_t chunk, int worker) {
        Scratch& mine = *scratch[static_cast<std::size_t>(worker)];
        float best[panel_rows], second[panel_rows], margin[panel_rows];
        std::int32_t index[panel_rows];
        const std::size_t first = chunk * chunk_rows;
        const std::size_t end = std::min(rows.n_rows, first + chunk_rows);
        for (std::size_t row = first; row < end; row += panel_rows) {
            pack_panel(rows, frame, row, mine.panel.data());
            kernels().top2_f32(mine.panel.data(), 1, stride, d + 1, filter.packed(), best, second,
                               index);
            const std::uint32_t uncertain = kernels().certify_f32(
                best, second, index, mine.panel.data() + d * panel_rows, filter.band_constant(),
                filter.band_slope(), norm_error, margin);
            for (std::size_t r = 0; r < std::min(panel_rows, end - row); ++r) {
                labels[row + r] = index[r];
                if (uncertain >> r & 1u) {
                    mine.decide.undecided.push_back(static_cast<std::uint32_t>(row + r));
                }
            }
        }
        decide_rows(rows, centers, fine_filter, frame, first, mine.decide, labels + first);
    });
}

template <class T>
double inertia_of(const RowView<T>& rows, const T* weights, const ExactCenters& centers,
                  const std::int32_t* labels, int n_threads, double* distances) {
    const std::size_t n_chunks = (rows.n_rows + chunk_rows - 1) / chunk_rows;
    std::vector<double> partial(n_chunks, 0.0);
    std::vector<std::vector<double>> scratch(n_threads_at_least_one(n_threads),
                                             std::vector<double>(pad_features(rows.n_features)));
    parallel_for(n_chunks, n_threads, [&](std::size_t chunk, int worker) {
        double* row = scratch[static_cast<std::size_t>(worker)].data();
        const std::size_t end = std::min(rows.n_rows, (chunk + 1) * chunk_rows);
        double sum = 0.0;
        for (std::size_t r = chunk * chunk_rows; r < end; ++r) {
            rows.exact_row(r, row);
            const double* center = centers.row(static_cast<std::size_t>(labels[r]));
            const double distance = kernels().canonical_row(row, center, centers.padded);
            if (distances != nullptr) distances[r] = distance;
            sum += distance * (weights == nullptr ? 1.0 : static_cast<double>(weights[r]));
        }
        partial[chunk] = sum;
    });
    double total = 0.0;
    for (const double sum : partial) total += sum;
    return total;
}

template class Assignment<float>;
template class Assignment<double>;
template void label_rows(const RowView<float>&, const ExactCenters&, int, std::int32_t*);
template void label_rows(const RowView<double>&, const ExactCenters&, int, std::int32_t*);
template double inertia_of(const RowView<float>&, const float*, const ExactCenters&,
                           const std::int32_t*, int, double*);
template double inertia_of(const RowView<double>&, const double*, const ExactCenters&,
                           const std::int32_t*, int, double*);

}  // namespace kwise
