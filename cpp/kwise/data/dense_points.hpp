// Data: the rows of one data set: a view of the caller's array (exact values) and, packed once,
// what the first filter reads: float32 panels or, with many features, scaled int16 rows. Called by
// every stage. What an answer is comes from the view alone; the packed forms only decide how fast
// it is found. One object serves several runs at once: its const members may be called by many
// threads, but for those that say "not while".
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "kwise/base/buffer.hpp"
#include "kwise/data/filter_transform.hpp"
#include "kwise/data/lazy_form.hpp"

namespace kwise {

class ScaledInt16Rows;
class Int16Rows;
template <class T>
class MortonPoints;

template <class T>
class DensePoints {
  public:
    using Value = T;

    // The view's data, shift and weights must outlive the object. Weights may be null. The number
    // of centers that will be compared, where it is known (0: it is not), decides how rows are
    // packed; for a single one they are not.
    DensePoints(const RowView<T>& rows, const T* weights, int n_threads, std::size_t n_centers = 0);
    ~DensePoints();

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
    // The scaled int16 rows, or null where float32 panels serve as well.
    const ScaledInt16Rows* scaled_int16() const { return scaled_int16_.get(); }
    // The rows in int16, made when first asked for; null where these are too coarse.
    const Int16Rows* int16(int n_threads) const;
    // Whether rows are best read row-major, as they are, past so many centers, without packing
    // them.
    bool is_row_major(std::size_t n_centers) const;
    // Packs the float32 panels unless they are there.
    // Its panels are there when it returns, until release_panels.
    void ensure_panels(int n_threads) const;
    // Gives them back where they and `more` bytes a row beside would be more than one copy of the
    // data and 16 bytes a row (small data do not count). Not while others read them.
    void release_panels(std::size_t more) const;
    // Gives back the rows in int16, before seeding packs its own (small data do not count). Not
    // while others read them.
    void release_int16() const;
    const float* panel(std::size_t p) const { return panels_.peek()->data() + p * panel_stride(); }
    // The same whether panels are there or not: packed into `buffer` (panel_stride()) if not.
    const float* read_panel(std::size_t p, float* buffer) const;
    // Packs up to 32 rows, listed by their place after the first row of panel `first`.
    // The panel has room for panel_stride() values; rows that it lacks become copies of the first
    // or zeros.
    void gather(std::size_t first, const std::uint32_t* rows, std::size_t count,
                float* panel) const;
    // Fetches the beginnings of such rows ahead of their gathering.
    void prefetch(std::size_t first, const std::uint32_t* rows, std::size_t count) const {
        constexpr std::size_t line = 64 / sizeof(T), n_lines = 4;
        const std::size_t ahead = std::min(rows_.n_features, n_lines * line);
        for (std::size_t r = 0; r < count; ++r) {
            const auto row = static_cast<std::ptrdiff_t>(first * panel_rows + rows[r]);
            const T* from = rows_.data + row * rows_.row_stride;
            for (std::size_t i = 0; i < ahead; i += line) __builtin_prefetch(from + i);
        }
    }
    // The row at each place of the Morton order (data/morton_order.hpp), made when first asked for,
    // and the rows in that order where this is the way to compare them with so many centers. Where
    // it is not, null, and the order is given back. Not while seeds are found.
    const std::uint32_t* order(int n_threads) const;
    std::shared_ptr<const MortonPoints<T>> ordered(std::size_t n_centers, int n_threads) const;
    const FilterTransform& transform() const { return transform_; }
    // Largest absolute value of each feature (padded with zeros), and the largest weight.
    const std::vector<double>& column_largest() const { return column_largest_; }
    double largest_weight() const { return largest_weight_; }
    // Mean of the features' variances around the view's shift, which may be rounded; infinite
    // where squares overflow, NaN without a shift.
    double variance() const { return variance_; }
    // The largest norm of a row as the filter sees it, rounded up, where packing learned it; 0
    // where it is not known.
    float largest_norm() const { return largest_norm_; }

  private:
    // See is_row_major; false for good where rows are packed.
    bool can_be_row_major() const;
    // Packs all rows as they are, chunk by chunk, learning the largest values and the variance.
    // See the definition: calls pack_chunk(chunk, statistics), and keeps what it learned.
    template <class PackChunk>
    void learn(int n_threads, const PackChunk& pack_chunk);
    bool pack_scaled_int16(int n_threads);
    void pack_panels(int n_threads);
    void learn_only(int n_threads);
    void gather_row(std::size_t row, float* lane) const;
    void pack_one(std::size_t p, float* panel) const;

    RowView<T> rows_;
    const T* weights_;
    FilterTransform transform_;
    std::unique_ptr<ScaledInt16Rows> scaled_int16_;
    mutable LazyForm<Buffer<float>> panels_;
    mutable LazyForm<Int16Rows> int16_;
    mutable LazyForm<Buffer<std::uint32_t>> order_;
    // Shared with the runs that read it, since another run may give it back meanwhile.
    mutable std::mutex morton_mutex_;
    mutable std::shared_ptr<const MortonPoints<T>> morton_;
    mutable std::size_t too_many_centers_;  // for which ordering was found not to pay
    std::vector<double> column_largest_;
    double largest_weight_ = 1.0, variance_ = 0.0;
    float largest_norm_ = 0.0f;
};

}  // namespace kwise
