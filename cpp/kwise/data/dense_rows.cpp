#include "kwise/data/dense_rows.hpp"

#include <algorithm>
#include <limits>

#include "kwise/base/parallel.hpp"
#include "kwise/data/column_statistics.hpp"
#include "kwise/data/int16_rows.hpp"
#include "kwise/data/morton_order.hpp"
#include "kwise/data/morton_rows.hpp"
#include "kwise/data/scaled_int16_rows.hpp"
#include "kwise/dispatch/policy.hpp"

namespace kwise {
namespace {

void learn_columns(const RowView<float>& rows, std::size_t first, std::size_t n,
                   const PackStatistics<float>& statistics) {
    kernels().learn_columns_f32(rows, first, n, statistics);
}
void learn_columns(const RowView<double>& rows, std::size_t first, std::size_t n,
                   const PackStatistics<double>& statistics) {
    kernels().learn_columns_f64(rows, first, n, statistics);
}

constexpr std::size_t small = 8'000'000;  // bytes of a copy that need not be given back

}  // namespace

double filter_scale(double largest) {
    if (largest == 0.0 || (largest < 0x1p55 && largest > 0x1p-45)) return 1.0;
    if (!std::isfinite(largest)) return 1.0;  // refused later, in words
    return std::ldexp(1.0, -std::ilogb(largest));
}

template <class T>
void pack_panel(const RowView<T>& rows, const FilterFrame& frame, std::size_t first, float* panel) {
    const std::size_t count = std::min(panel_rows, rows.n_rows - first);
    const std::size_t d = rows.n_features;
    double squares[panel_rows] = {};
    for (std::size_t i = 0; i < d; ++i) {
        const double offset = frame.offset.empty() ? 0.0 : frame.offset[i];
        float* to = panel + i * panel_rows;
        for (std::size_t r = 0; r < count; ++r) {
            const double v =
                (static_cast<double>(value_of(rows, first + r, i)) - offset) * frame.scale;
            to[r] = static_cast<float>(v);
            squares[r] += v * v;
        }
        for (std::size_t r = count; r < panel_rows; ++r) to[r] = 0.0f;
    }
    float* norms = panel + d * panel_rows;
    for (std::size_t r = 0; r < panel_rows; ++r) {
        norms[r] = static_cast<float>(std::sqrt(squares[r]) * (1.0 + 0x1p-22));
    }
}

template <class T>
template <class PackChunk>
void Points<T>::learn(int n_threads, const PackChunk& pack_chunk) {
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
bool Points<T>::pack_fixed(int n_threads) {
    fixed_ = std::make_unique<FixedRows>(n_rows(), n_features());
    learn(n_threads, [&](std::size_t chunk, const PackStatistics<T>& statistics) {
        fixed_->pack(rows_, chunk, statistics);
    });
    const bool fits =
        filter_scale(*std::max_element(column_largest_.begin(), column_largest_.end())) == 1.0;
    if (!fits) fixed_.reset();
    return fits;
}

template <class T>
void Points<T>::pack_panels(int n_threads) {
    panels_ = Buffer<float>(n_panels() * panel_stride());
    learn(n_threads, [&](std::size_t chunk, const PackStatistics<T>& statistics) {
        const std::size_t end = std::min(n_panels(), (chunk + 1) * chunk_panels);
        for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
            kwise::pack_panel(rows_, p * panel_rows, panels_.data() + p * panel_stride(),
                              statistics);
        }
    });
    frame_.scale = filter_scale(*std::max_element(column_largest_.begin(), column_largest_.end()));
    if (frame_.scale == 1.0) return;
    // Again, of values whose squares float32 could not hold.
    parallel_for(n_panels(), n_threads, [&](std::size_t p, int) {
        kwise::pack_panel(rows_, frame_, p * panel_rows, panels_.data() + p * panel_stride());
    });
}

// What packing learns, without keeping a panel.
template <class T>
void Points<T>::learn_only(int n_threads) {
    std::vector<float> norms(n_chunks(), 0.0f);
    learn(n_threads, [&](std::size_t chunk, const PackStatistics<T>& statistics) {
        // Whole numbers want norms, too; few features are as well packed.
        if (rows_.column_stride == 1 && n_features() > WholeLines::most_served) {
            const std::size_t first = chunk * chunk_rows;
            learn_columns(rows_, first, std::min(chunk_rows, n_rows() - first), statistics);
            return;
        }
        Buffer<float> panel(panel_stride());
        const float* const last = panel.data() + n_features() * panel_rows;
        const std::size_t end = std::min(n_panels(), (chunk + 1) * chunk_panels);
        for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
            kwise::pack_panel(rows_, p * panel_rows, panel.data(), statistics);
            norms[chunk] = std::max(norms[chunk], *std::max_element(last, last + panel_rows));
        }
    });
    frame_.scale = filter_scale(*std::max_element(column_largest_.begin(), column_largest_.end()));
    if (rows_.shift != nullptr && frame_.scale == 1.0) {
        largest_norm_ = *std::max_element(norms.begin(), norms.end());
    }
}

template <class T>
bool Points<T>::streams(std::size_t n_centers) const {
    // float64 rows are twice as much to read each time: packed is better.
    return sizeof(T) == sizeof(float) && fixed_ == nullptr && rows_.column_stride == 1 &&
           frame_.scale == 1.0 && streaming_pays(n_features(), n_centers);
}

template <class T>
void Points<T>::need_panels(int n_threads) const {
    std::lock_guard<std::mutex> lock(panels_mutex_);
    if (panels_.size() > 0) return;
    Buffer<float> panels(n_panels() * panel_stride());
    parallel_for(n_panels(), n_threads,
                 [&](std::size_t p, int) { pack_one(p, panels.data() + p * panel_stride()); });
    panels_ = std::move(panels);
}

template <class T>
const WholeLines* Points<T>::whole(int n_threads) const {
    std::lock_guard<std::mutex> lock(whole_mutex_);
    if (whole_ == nullptr) {
        constexpr std::size_t labels_and_margins = 8;
        spare_panels((n_features() + 1) / 2 * sizeof(std::int32_t) + labels_and_margins);
        whole_ = std::make_unique<WholeLines>(*this, n_threads);
    }
    return whole_->usable() ? whole_.get() : nullptr;
}

template <class T>
void Points<T>::spare_whole() const {
    std::lock_guard<std::mutex> lock(whole_mutex_);
    if (n_rows() * n_features() * sizeof(std::int16_t) >= small) whole_.reset();
}

template <class T>
void Points<T>::spare_panels(std::size_t more) const {
    std::lock_guard<std::mutex> lock(panels_mutex_);
    const std::size_t packed = panel_stride() / panel_rows * sizeof(float);
    if (panels_.size() * sizeof(float) < small) return;
    if (packed + more > n_features() * sizeof(T) + 16) panels_ = Buffer<float>();
}

template <class T>
const float* Points<T>::read_panel(std::size_t p, float* buffer) const {
    if (panels_.size() > 0) return panel(p);
    pack_one(p, buffer);
    return buffer;
}

template <class T>
void Points<T>::pack_one(std::size_t p, float* panel) const {
    if (frame_.scale != 1.0) {
        kwise::pack_panel(rows_, frame_, p * panel_rows, panel);
    } else if (rows_.column_stride == 1) {
        const std::size_t count = std::min(panel_rows, n_rows() - p * panel_rows);
        pack_rows(rows_, p * panel_rows, nullptr, count, panel);
    } else {
        std::vector<T> largest(pad_statistics(n_features()));
        kwise::pack_panel(rows_, p * panel_rows, panel, {largest.data(), nullptr, nullptr});
    }
}

template <class T>
void Points<T>::gather(std::size_t first, const std::uint32_t* rows, std::size_t count,
                       float* panel) const {
    if (rows_.column_stride == 1 && frame_.scale == 1.0) {
        pack_rows(rows_, first * panel_rows, rows, count, panel);
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
void Points<T>::gather_row(std::size_t row, float* lane) const {
    double square = 0.0;
    for (std::size_t i = 0; i < n_features(); ++i, lane += panel_rows) {
        const double value = static_cast<double>(value_of(rows_, row, i)) * frame_.scale;
        square += value * value;
        *lane = static_cast<float>(value);
    }
    *lane = static_cast<float>(std::sqrt(square) * (1.0 + 0x1p-22));
}

template <class T>
Points<T>::Points(const RowView<T>& rows, const T* weights, int n_threads, std::size_t n_centers)
    : rows_(rows), weights_(weights), too_many_centers_(std::numeric_limits<std::size_t>::max()) {
    n_threads = useful_threads(static_cast<double>(n_rows() * n_features()), n_threads);
    if (n_centers == 1 || streams(n_centers) || OrderedPoints<T>::suits(n_rows(), n_features()) ||
        WholeLines::serves(n_rows(), n_features())) {
        learn_only(n_threads);
    } else if (!fixed_pays(n_features(), n_centers) || !pack_fixed(n_threads)) {
        pack_panels(n_threads);
    }
    if (weights_ != nullptr) {
        largest_weight_ = static_cast<double>(*std::max_element(weights_, weights_ + n_rows()));
    }
}

template <class T>
const std::uint32_t* Points<T>::order(int n_threads) const {
    std::lock_guard<std::mutex> lock(order_mutex_);
    if (order_.size() == 0) order_ = space_order(*this, n_threads);
    return order_.data();
}

template <class T>
std::shared_ptr<const OrderedPoints<T>> Points<T>::ordered(std::size_t n_centers,
                                                           int n_threads) const {
    std::lock_guard<std::mutex> lock(ordered_mutex_);
    if (OrderedPoints<T>::suits(n_rows(), n_features()) && n_centers < too_many_centers_) {
        if (ordered_ == nullptr) ordered_ = std::make_shared<OrderedPoints<T>>(*this, n_threads);
        if (ordered_->pays(n_centers)) return ordered_;
        too_many_centers_ = n_centers;
    }
    // Beside panels they would be a second copy. Others may be at work with fewer centers.
    if (ordered_.use_count() == 1) ordered_.reset();
    if (ordered_ == nullptr) {
        std::lock_guard<std::mutex> order_lock(order_mutex_);
        order_ = Buffer<std::uint32_t>();
    }
    return nullptr;
}

template <class T>
bool Points<T>::takes_labels(std::size_t n_centers) const {
    constexpr std::size_t pays_from = 1500;  // products a row, by measurement
    // Rows in order are settled by the boxes around them: labels would first have to be ordered.
    return n_centers * n_features() >= pays_from &&
           !OrderedPoints<T>::suits(n_rows(), n_features());
}

template <class T>
Points<T>::~Points() = default;

template void pack_panel(const RowView<float>&, const FilterFrame&, std::size_t, float*);
template void pack_panel(const RowView<double>&, const FilterFrame&, std::size_t, float*);
template class Points<float>;
template class Points<double>;

}  // namespace kwise
