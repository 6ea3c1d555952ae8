// The rows of one data set: a view of the caller's array (exact values) and, packed once, what
// the first filter reads: float32 panels or, with many features, fixed-point rows.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "kwise/base/buffer.hpp"
#include "kwise/dispatch/kernels.hpp"

namespace kwise {

// Features are padded to this many in the arrays of exact float64 values.
constexpr std::size_t pad_features(std::size_t n_features) {
    return (n_features + 7) / 8 * 8;
}

constexpr std::size_t chunk_panels = 64;
constexpr std::size_t chunk_rows = chunk_panels * panel_rows;

// One value of the view.
template <class T>
inline T value_of(const RowView<T>& rows, std::size_t row, std::size_t i) {
    const T raw = rows.data[static_cast<std::ptrdiff_t>(row) * rows.row_stride +
                            static_cast<std::ptrdiff_t>(i) * rows.column_stride];
    return rows.shift == nullptr ? raw : static_cast<T>(raw - rows.shift[i]);
}
// One row of the view as float64, padded with zeros to pad_features(n_features).
inline void exact_row(const RowView<float>& rows, std::size_t row, double* out) {
    kernels().exact_row_f32(rows, row, out);
}
inline void exact_row(const RowView<double>& rows, std::size_t row, double* out) {
    kernels().exact_row_f64(rows, row, out);
}

// How the filter sees rows: (value - offset) * scale as float32. The offset centers data that
// the view does not center already; the scale is a power of two that keeps squares in range.
struct FilterFrame {
    std::vector<double> offset;  // empty: none
    double scale = 1.0;
};

// A power of two that brings numbers as large as `largest` to a range where float32 squares
// neither overflow nor vanish; 1 for ordinary data.
double filter_scale(double largest);

// Packs rows [first, first + 32) of the view into one panel of n_features + 1 features, the last
// being an upper bound of the norm; rows past the end are zeros.
inline void pack_panel(const RowView<float>& rows, std::size_t first, float* panel,
                       const PackStatistics<float>& statistics) {
    kernels().pack_panel_f32(rows, first, panel, statistics);
}
inline void pack_panel(const RowView<double>& rows, std::size_t first, float* panel,
                       const PackStatistics<double>& statistics) {
    kernels().pack_panel_f64(rows, first, panel, statistics);
}
// The same of up to 32 listed rows (null: the first ones), counted from `first`, whose features lie
// side by side.
inline void pack_rows(const RowView<float>& rows, std::size_t first, const std::uint32_t* list,
                      std::size_t count, float* panel) {
    kernels().pack_rows_f32(rows, first, list, count, panel);
}
inline void pack_rows(const RowView<double>& rows, std::size_t first, const std::uint32_t* list,
                      std::size_t count, float* panel) {
    kernels().pack_rows_f64(rows, first, list, count, panel);
}
// See Kernels.
inline void top2_streamed(const RowView<float>& rows, std::size_t first, const std::uint32_t* list,
                          std::size_t count, std::size_t n_known, const RowCenters& centers,
                          float* kept, float* norms, const Top2Target& to) {
    kernels().top2_streamed_f32(rows, first, list, count, n_known, centers, kept, norms, to);
}
inline void top2_streamed(const RowView<double>& rows, std::size_t first, const std::uint32_t* list,
                          std::size_t count, std::size_t n_known, const RowCenters& centers,
                          float* kept, float* norms, const Top2Target& to) {
    kernels().top2_streamed_f64(rows, first, list, count, n_known, centers, kept, norms, to);
}
// As pack_panel, of rows as a frame sees them.
template <class T>
void pack_panel(const RowView<T>& rows, const FilterFrame& frame, std::size_t first, float* panel);

// Features are padded to this many in the arrays of statistics.
constexpr std::size_t pad_statistics(std::size_t n_features) {
    return (n_features + 15) / 16 * 16;
}

template <class T>
class Assignment;
class FixedRows;
class WholeLines;
template <class T>
class OrderedPoints;
struct ExactCenters;

template <class T>
class Points {
  public:
    using Value = T;
    using Assignment = kwise::Assignment<T>;

    // The view's data, shift and weights must outlive the object. Weights may be null. The number
    // of centers that will be compared, where it is known (0: it is not), decides how rows are
    // packed; for a single one they are not.
    Points(const RowView<T>& rows, const T* weights, int n_threads, std::size_t n_centers = 0);
    ~Points();

    std::size_t n_rows() const { return rows_.n_rows; }
    std::size_t n_features() const { return rows_.n_features; }
    std::size_t padded() const { return pad_features(rows_.n_features); }
    std::size_t n_panels() const { return (rows_.n_rows + panel_rows - 1) / panel_rows; }
    std::size_t n_chunks() const { return (n_panels() + chunk_panels - 1) / chunk_panels; }
    std::size_t panel_stride() const { return (rows_.n_features + 1) * panel_rows; }

    const RowView<T>& rows() const { return rows_; }
    void exact_row(std::size_t row, double* out) const { kwise::exact_row(rows_, row, out); }
    double weight(std::size_t row) const {
        return weights_ == nullptr ? 1.0 : static_cast<double>(weights_[row]);
    }
    const T* weights() const { return weights_; }
    // The fixed-point rows, or null where float32 panels serve as well.
    const FixedRows* fixed() const { return fixed_.get(); }
    // The rows in whole numbers, made when first asked for; null where these are too coarse.
    const WholeLines* whole(int n_threads) const;
    // Whether rows are best streamed as they are past so many centers, without packing them.
    bool streams(std::size_t n_centers) const;
    // Packs the float32 panels unless they are there.
    void need_panels(int n_threads) const;
    // Gives them back where they and `more` bytes a row beside would be more than one copy of the
    // data and 16 bytes a row (small data do not count). Not while others read them.
    void spare_panels(std::size_t more) const;
    // Gives back the rows in whole numbers, before seeding packs its own (small data do not count).
    // Not while others read them.
    void spare_whole() const;
    const float* panel(std::size_t p) const { return panels_.data() + p * panel_stride(); }
    // The same whether panels are there or not: packed into `buffer` (panel_stride()) if not.
    const float* read_panel(std::size_t p, float* buffer) const;
    // Packs up to 32 rows, listed by their place after the first row of panel `first`.
    void gather(std::size_t first, const std::uint32_t* rows, std::size_t count,
                float* panel) const;
    // Fetches the beginnings of such rows ahead of their gathering.
    void prefetch(std::size_t first, const std::uint32_t* rows, std::size_t count) const {
        constexpr std::size_t line = 64 / sizeof(T), n_lines = 4;
        const std::size_t reach = std::min(rows_.n_features, n_lines * line);
        for (std::size_t r = 0; r < count; ++r) {
            const auto row = static_cast<std::ptrdiff_t>(first * panel_rows + rows[r]);
            const T* from = rows_.data + row * rows_.row_stride;
            for (std::size_t i = 0; i < reach; i += line) __builtin_prefetch(from + i);
        }
    }
    // The row at each place of an order in space (data/morton_order.hpp), made when first asked
    // for, and the rows in that order where this is the way to compare them with so many centers.
    // Where it is not, null, and the order is given back. Not while seeds are found.
    const std::uint32_t* order(int n_threads) const;
    std::shared_ptr<const OrderedPoints<T>> ordered(std::size_t n_centers, int n_threads) const;
    // Whether first labels of so many clusters save a run of Lloyd's algorithm more than they cost.
    bool takes_labels(std::size_t n_centers) const;
    const FilterFrame& frame() const { return frame_; }
    // Largest absolute value of each feature (padded with zeros), and the largest weight.
    const std::vector<double>& column_largest() const { return column_largest_; }
    double largest_weight() const { return largest_weight_; }
    // Mean of the features' variances around the view's shift, which may be rounded; infinite
    // where squares overflow, NaN without a shift.
    double variance() const { return variance_; }
    // The largest norm of a row as the filter sees it, rounded up, where the view is centered and
    // packing learned it; 0 where it is not known.
    float largest_norm() const { return largest_norm_; }
    // Weighted sum of canonical squared distances of rows to the centers of their labels, added
    // in a fixed order; `distances`, where given, receives each row's.
    double inertia(const ExactCenters& centers, const std::int32_t* labels, int n_threads,
                   double* distances) const;

  private:
    // Packs all rows as they are, chunk by chunk, learning the largest values and the variance.
    template <class PackChunk>
    void learn(int n_threads, const PackChunk& pack_chunk);
    bool pack_fixed(int n_threads);
    void pack_panels(int n_threads);
    void learn_only(int n_threads);
    void gather_row(std::size_t row, float* lane) const;
    void pack_one(std::size_t p, float* panel) const;

    RowView<T> rows_;
    const T* weights_;
    FilterFrame frame_;
    std::unique_ptr<FixedRows> fixed_;
    mutable std::mutex panels_mutex_, order_mutex_, ordered_mutex_, whole_mutex_;
    mutable std::unique_ptr<WholeLines> whole_;
    mutable Buffer<float> panels_;
    mutable Buffer<std::uint32_t> order_;
    mutable std::shared_ptr<const OrderedPoints<T>> ordered_;
    mutable std::size_t too_many_centers_;  // for which ordering was found not to pay
    std::vector<double> column_largest_;
    double largest_weight_ = 1.0, variance_ = 0.0;
    float largest_norm_ = 0.0f;
};

}  // namespace kwise
