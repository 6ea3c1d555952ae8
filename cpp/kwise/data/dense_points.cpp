#include "kwise/data/dense_points.hpp"

#include <algorithm>
#include <limits>

#include "kwise/base/parallel.hpp"
#include "kwise/data/column_statistics.hpp"
#include "kwise/data/int16_rows.hpp"
#include "kwise/data/morton_order.hpp"
#include "kwise/data/morton_points.hpp"
#include "kwise/data/scaled_int16_rows.hpp"
#include "kwise/dispatch/policy.hpp"

namespace kwise {
template <class T>
template <class PackChunk>
void DensePoints<T>::learn(int n_threads, const PackChunk& pack_chunk) {
    const std::size_t d = n_features(), width = pad_statistics(d);
    std::vector<std::vector<T>> largest(static_cast<std::size_t>(std::max(1, n_threads)),
                                        std::vector<T>(width, T(0)));
    // For each chunk and feature the sums of differences and of their squares.
    std::vector<double> partial(rows_.shift == nullptr ? 0 : n_chunks() * 2 * width, 0.0);
    parallel_for(n_chunks(), n_threads, [&](std::size_t chunk, int worker) {
        double* const sums = partial.empty() ? nullptr : partial.data() + chunk * 2 * width;
        const PackStatistics<T> statistics{largest[static_cast<std::size_t>(worker)].data(), sums,
                                           partial.empty() ? nullptr : sums + width};
        pack_chunk(chunk, statistics);
    });
    column_largest_.assign(d, 0.0);
    for (const auto& mine : largest) {
        for (std::size_t i = 0; i < d; ++i) {
            column_largest_[i] = std::max(column_largest_[i], static_cast<double>(mine[i]));
        }
    }
    column_largest_.resize(padded(), 0.0);
    variance_ = partial.empty() ? std::numeric_limits<double>::quiet_NaN()
                                : mean_variance(partial, n_rows(), d, width);
}

// False where the values are so large or small that they need another scale.
template <class T>
bool DensePoints<T>::pack_scaled_int16(int n_threads) {
    scaled_int16_ = std::make_unique<ScaledInt16Rows>(n_rows(), n_features());
    learn(n_threads, [&](std::size_t chunk, const PackStatistics<T>& statistics) {
        scaled_int16_->pack(rows_, chunk, statistics);
    });
    const bool fits =
        filter_scale(*std::max_element(column_largest_.begin(), column_largest_.end())) == 1.0;
    if (!fits) scaled_int16_.reset();
    return fits;
}

template <class T>
void DensePoints<T>::pack_panels(int n_threads) {
    panels_ = Buffer<float>(n_panels() * panel_stride());
    learn(n_threads, [&](std::size_t chunk, const PackStatistics<T>& statistics) {
        const std::size_t end = std::min(n_panels(), (chunk + 1) * chunk_panels);
        for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
            kernels().pack<T>().panel(rows_, p * panel_rows, panels_.data() + p * panel_stride(),
                                      statistics);
        }
    });
    transform_.scale =
        filter_scale(*std::max_element(column_largest_.begin(), column_largest_.end()));
    if (transform_.scale == 1.0) return;
    // Again, of values whose squares float32 could not hold.
    parallel_for(n_panels(), n_threads, [&](std::size_t p, int) {
        pack_panel(rows_, transform_, p * panel_rows, panels_.data() + p * panel_stride());
    });
}

// What packing learns, without keeping a panel.
template <class T>
void DensePoints<T>::learn_only(int n_threads) {
    std::vector<float> norms(n_chunks(), 0.0f);
    learn(n_threads, [&](std::size_t chunk, const PackStatistics<T>& statistics) {
        // int16 wants norms, too; few features are as well packed.
        if (rows_.column_stride == 1 && n_features() > int16_features) {
            const std::size_t first = chunk * chunk_rows;
            kernels().pack<T>().statistics(rows_, first, std::min(chunk_rows, n_rows() - first),
                                           statistics);
            return;
        }
        Buffer<float> panel(panel_stride());
        const float* const last = panel.data() + n_features() * panel_rows;
        const std::size_t end = std::min(n_panels(), (chunk + 1) * chunk_panels);
        for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
            kernels().pack<T>().panel(rows_, p * panel_rows, panel.data(), statistics);
            norms[chunk] = std::max(norms[chunk], *std::max_element(last, last + panel_rows));
        }
    });
    transform_.scale =
        filter_scale(*std::max_element(column_largest_.begin(), column_largest_.end()));
    if (rows_.shift != nullptr && transform_.scale == 1.0) {
        largest_norm_ = *std::max_element(norms.begin(), norms.end());
    }
}

// float64 rows are twice as much to read each time: packed is better.
template <class T>
bool DensePoints<T>::can_be_row_major() const {
    return sizeof(T) == sizeof(float) && scaled_int16_ == nullptr && rows_.column_stride == 1 &&
           transform_.scale == 1.0;
}

template <class T>
bool DensePoints<T>::is_row_major(std::size_t n_centers) const {
    return can_be_row_major() && row_major_pays({n_rows(), n_features(), n_centers});
}

template <class T>
void DensePoints<T>::ensure_panels(int n_threads) const {
    std::lock_guard<std::mutex> lock(panels_mutex_);
    if (panels_.size() > 0) return;
    Buffer<float> panels(n_panels() * panel_stride());
    parallel_for(n_panels(), n_threads,
                 [&](std::size_t p, int) { pack_one(p, panels.data() + p * panel_stride()); });
    panels_ = std::move(panels);
}

template <class T>
const Int16Rows* DensePoints<T>::int16(int n_threads) const {
    std::lock_guard<std::mutex> lock(int16_mutex_);
    if (int16_ == nullptr) {
        constexpr std::size_t labels_and_margins = 8;
        release_panels((n_features() + 1) / 2 * sizeof(std::int32_t) + labels_and_margins);
        int16_ = std::make_unique<Int16Rows>(*this, n_threads);
    }
    return int16_->usable() ? int16_.get() : nullptr;
}

template <class T>
void DensePoints<T>::release_int16() const {
    std::lock_guard<std::mutex> lock(int16_mutex_);
    if (!is_small_copy(n_rows() * n_features() * sizeof(std::int16_t))) int16_.reset();
}

template <class T>
void DensePoints<T>::release_panels(std::size_t more) const {
    std::lock_guard<std::mutex> lock(panels_mutex_);
    const std::size_t packed = panel_stride() / panel_rows * sizeof(float);
    if (is_small_copy(panels_.size() * sizeof(float))) return;
    if (is_too_much(packed + more, n_features() * sizeof(T))) panels_ = Buffer<float>();
}

template <class T>
const float* DensePoints<T>::read_panel(std::size_t p, float* buffer) const {
    if (panels_.size() > 0) return panel(p);
    pack_one(p, buffer);
    return buffer;
}

template <class T>
void DensePoints<T>::pack_one(std::size_t p, float* panel) const {
    if (transform_.scale != 1.0) {
        pack_panel(rows_, transform_, p * panel_rows, panel);
    } else if (rows_.column_stride == 1) {
        const std::size_t count = std::min(panel_rows, n_rows() - p * panel_rows);
        kernels().pack<T>().listed(rows_, p * panel_rows, nullptr, count, panel);
    } else {
        std::vector<T> largest(pad_statistics(n_features()));
        kernels().pack<T>().panel(rows_, p * panel_rows, panel, {largest.data(), nullptr, nullptr});
    }
}

template <class T>
void DensePoints<T>::gather(std::size_t first, const std::uint32_t* rows, std::size_t count,
                            float* panel) const {
    if (rows_.column_stride == 1 && transform_.scale == 1.0) {
        kernels().pack<T>().listed(rows_, first * panel_rows, rows, count, panel);
        return;
    }
    for (std::size_t r = 0; r < panel_rows; ++r) {
        const std::size_t row = rows[r < count ? r : 0];
        if (panels_.size() == 0) {
            gather_row(first * panel_rows + row, panel + r);
            continue;
        }
        const float* from = this->panel(first + row / panel_rows) + row % panel_rows;
        for (std::size_t i = 0; i < panel_stride(); i += panel_rows) panel[i + r] = from[i];
    }
}

// One row whose features lie apart into one lane of a panel.
template <class T>
void DensePoints<T>::gather_row(std::size_t row, float* lane) const {
    double square = 0.0;
    for (std::size_t i = 0; i < n_features(); ++i, lane += panel_rows) {
        const double value = static_cast<double>(value_of(rows_, row, i)) * transform_.scale;
        square += value * value;
        *lane = static_cast<float>(value);
    }
    *lane = static_cast<float>(std::sqrt(square) * (1.0 + 0x1p-22));
}

template <class T>
DensePoints<T>::DensePoints(const RowView<T>& rows, const T* weights, int n_threads,
                            std::size_t n_centers)
    : rows_(rows), weights_(weights), too_many_centers_(std::numeric_limits<std::size_t>::max()) {
    n_threads = useful_threads(static_cast<double>(n_rows() * n_features()), n_threads);
    const Shape shape{n_rows(), n_features(), n_centers};
    switch (plan_packing(shape, can_be_row_major())) {
        case Packing::nothing:
            learn_only(n_threads);
            break;
        case Packing::scaled_int16:
            if (!pack_scaled_int16(n_threads)) pack_panels(n_threads);
            break;
        case Packing::float32:
            pack_panels(n_threads);
    }
    if (weights_ != nullptr) {
        largest_weight_ = static_cast<double>(*std::max_element(weights_, weights_ + n_rows()));
    }
}

template <class T>
const std::uint32_t* DensePoints<T>::order(int n_threads) const {
    std::lock_guard<std::mutex> lock(order_mutex_);
    if (order_.size() == 0) order_ = morton_order(*this, n_threads);
    return order_.data();
}

template <class T>
std::shared_ptr<const MortonPoints<T>> DensePoints<T>::ordered(std::size_t n_centers,
                                                               int n_threads) const {
    std::lock_guard<std::mutex> lock(morton_mutex_);
    if (morton_serves({n_rows(), n_features(), n_centers}) && n_centers < too_many_centers_) {
        if (morton_ == nullptr) morton_ = std::make_shared<MortonPoints<T>>(*this, n_threads);
        if (morton_->pays(n_centers)) return morton_;
        too_many_centers_ = n_centers;
    }
    // Beside panels they would be a second copy. Others may be at work with fewer centers.
    if (morton_.use_count() == 1) morton_.reset();
    if (morton_ == nullptr) {
        std::lock_guard<std::mutex> order_lock(order_mutex_);
        order_ = Buffer<std::uint32_t>();
    }
    return nullptr;
}

template <class T>
DensePoints<T>::~DensePoints() = default;

template class DensePoints<float>;
template class DensePoints<double>;

}  // namespace kwise
