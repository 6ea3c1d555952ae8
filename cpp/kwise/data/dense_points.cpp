// What packing learns, the forms that rows are packed into, and when these are made and given back.
// Which form serves which shape is dispatch/policy.hpp's to say.
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
// Calls pack_chunk(chunk, statistics) for every chunk, on n_threads threads. Largest values are
// kept by worker, since the order of taking a maximum does not matter; sums by chunk, since theirs
// does. Without a shift there is no mean to take a variance about, and no sums are kept. T's
// statistics are padded to pad_statistics, as kernels write whole vectors.
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

// False where the values are so large or small that they need another scale: then float32 panels
// are packed, which have one. Factors, norms and scores of scaled int16 are float32 and would leave
// its range.
template <class T>
bool DensePoints<T>::pack_scaled_int16(int n_threads) {
    scaled_int16_ = std::make_unique<ScaledInt16Rows>(n_rows(), n_features());
    learn(n_threads, [&](std::size_t chunk, const PackStatistics<T>& statistics) {
        scaled_int16_->pack(rows_, chunk, statistics);
    });
    // Known only once all rows were read.
    const bool fits =
        filter_scale(*std::max_element(column_largest_.begin(), column_largest_.end())) == 1.0;
    if (fits && rows_.shift != nullptr) {
        const float norm = scaled_int16_->largest_norm_of_all();
        if (std::isfinite(norm)) largest_norm_ = norm;
    }
    if (!fits) scaled_int16_.reset();
    return fits;
}

// All rows into float32 panels, in one pass that also learns; in a second one where values need a
// scale.
template <class T>
void DensePoints<T>::pack_panels(int n_threads) {
    panels_.get([&] {
        auto panels = std::make_unique<Buffer<float>>(n_panels() * panel_stride());
        const auto panel_at = [&](std::size_t p) { return panels->data() + p * panel_stride(); };
        learn(n_threads, [&](std::size_t chunk, const PackStatistics<T>& statistics) {
            const std::size_t end = std::min(n_panels(), (chunk + 1) * chunk_panels);
            for (std::size_t p = chunk * chunk_panels; p < end; ++p) {
                kernels().pack<T>().panel(rows_, p * panel_rows, panel_at(p), statistics);
            }
        });
        transform_.scale =
            filter_scale(*std::max_element(column_largest_.begin(), column_largest_.end()));
        if (transform_.scale == 1.0) return panels;
        // Again, of values whose squares float32 could not hold.
        parallel_for(n_panels(), n_threads, [&](std::size_t p, int) {
            pack_panel(rows_, transform_, p * panel_rows, panel_at(p));
        });
        return panels;
    });
}

// What packing learns, without keeping a panel: for rows that are read as they are, or whose form
// is made when it is asked for.
template <class T>
void DensePoints<T>::learn_only(int n_threads) {
    std::vector<float> norms(n_chunks(), 0.0f);
    learn(n_threads, [&](std::size_t chunk, const PackStatistics<T>& statistics) {
        // int16 wants the largest norm, too, which lets it do without a pass of its own.
        if (rows_.column_stride == 1 && !int16_serves({n_rows(), n_features(), 1})) {
            const std::size_t first = chunk * chunk_rows;
            kernels().pack<T>().statistics(rows_, first, std::min(chunk_rows, n_rows() - first),
                                           statistics);
            return;
        }
        // A scratch panel, packed over and over: few features make it smaller than the near cache.
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
    if (transform_.scale == 1.0) {
        largest_norm_ = *std::max_element(norms.begin(), norms.end());
    }
}

// float64 rows are twice as much to read each time: packed is better. A scale cannot be applied to
// rows in the caller's array, nor can strided ones be read as vectors.
template <class T>
bool DensePoints<T>::can_be_row_major() const {
    return sizeof(T) == sizeof(float) && scaled_int16_ == nullptr && rows_.column_stride == 1 &&
           transform_.scale == 1.0;
}

// Which filter takes which shape is policy's to say.
template <class T>
bool DensePoints<T>::is_row_major(std::size_t n_centers) const {
    return can_be_row_major() && row_major_pays({n_rows(), n_features(), n_centers});
}

// A panel is a chunk of work here, since nothing is added up.
template <class T>
void DensePoints<T>::ensure_panels(int n_threads) const {
    panels_.get([&] {
        auto panels = std::make_unique<Buffer<float>>(n_panels() * panel_stride());
        parallel_for(n_panels(), n_threads,
                     [&](std::size_t p, int) { pack_one(p, panels->data() + p * panel_stride()); });
        return panels;
    });
}

// Kept even where it is too coarse, so that nobody tries again. Panels are given back first where
// both would be too much memory beside the data (is_too_much): nobody may be reading them, and runs
// side by side all ask here before any of them does.
template <class T>
const Int16Rows* DensePoints<T>::int16(int n_threads) const {
    const Int16Rows& rows = int16_.get([&] {
        constexpr std::size_t labels_and_margins = 8;
        release_panels((n_features() + 1) / 2 * sizeof(std::int32_t) + labels_and_margins);
        return std::make_unique<Int16Rows>(*this, n_threads);
    });
    return rows.usable() ? &rows : nullptr;
}

// Seeding packs panels of its own in int16, and what is kept beside the caller's rows is to be
// about one copy of them. A descent makes the rows anew; small ones are worth keeping.
template <class T>
void DensePoints<T>::release_int16() const {
    int16_.release_if([&](const Int16Rows&) {
        return !is_small_copy(n_rows() * n_features() * sizeof(std::int16_t));
    });
}

// `more`: bytes a row of what is to be made instead.
template <class T>
void DensePoints<T>::release_panels(std::size_t more) const {
    const std::size_t packed = panel_stride() / panel_rows * sizeof(float);
    panels_.release_if([&](const Buffer<float>& panels) {
        return !is_small_copy(panels.size() * sizeof(float)) &&
               is_too_much(packed + more, n_features() * sizeof(T));
    });
}

// Callers hold a buffer of panel_stride() values; the pointer returned is to be read only while
// they do.
template <class T>
const float* DensePoints<T>::read_panel(std::size_t p, float* buffer) const {
    if (panels_.peek() != nullptr) return panel(p);
    pack_one(p, buffer);
    return buffer;
}

// One panel without statistics. Row-major rows of the usual scale have a kernel; other layouts go
// through the one that learns, into statistics that are thrown away, rather than having a third.
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

// Rows count from the first row of panel `first`. The panel's values are those that packing all
// rows makes, up to the bound of the norm: filters allow for either.
template <class T>
void DensePoints<T>::gather(std::size_t first, const std::uint32_t* rows, std::size_t count,
                            float* panel) const {
    if (rows_.column_stride == 1 && transform_.scale == 1.0) {
        kernels().pack<T>().listed(rows_, first * panel_rows, rows, count, panel);
        return;
    }
    // Strided rows, or another scale: lane by lane. The first row stands in for those that are
    // missing.
    for (std::size_t r = 0; r < panel_rows; ++r) {
        const std::size_t row = rows[r < count ? r : 0];
        if (panels_.peek() == nullptr) {
            gather_row(first * panel_rows + row, panel + r);
            continue;
        }
        // From packed panels, where they are there: a row's features lie in lines of their own, but
        // are converted already.
        const float* from = this->panel(first + row / panel_rows) + row % panel_rows;
        for (std::size_t i = 0; i < panel_stride(); i += panel_rows) panel[i + r] = from[i];
    }
}

// One row whose features lie apart into one lane of a panel, with its norm as store_norms bounds
// it.
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

// Reads all rows once: packs what the shape asks for, and learns largest values and variance on the
// way. Afterwards the object looks constant to its users: forms that are made later stand behind
// locks. Weights are the caller's to check; the largest bounds the exact sums.
template <class T>
DensePoints<T>::DensePoints(const RowView<T>& rows, const T* weights, int n_threads,
                            std::size_t n_centers)
    : rows_(rows), weights_(weights), too_many_centers_(std::numeric_limits<std::size_t>::max()) {
    // Short work stays on one thread.
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

// The same order for seeding and for blocks, made once.
template <class T>
const std::uint32_t* DensePoints<T>::order(int n_threads) const {
    const auto make = [&] {
        return std::make_unique<Buffer<std::uint32_t>>(morton_order(*this, n_threads));
    };
    return order_.get(make).data();
}

template <class T>
std::shared_ptr<const MortonPoints<T>> DensePoints<T>::ordered(std::size_t n_centers,
                                                               int n_threads) const {
    std::lock_guard<std::mutex> lock(morton_mutex_);
    // What was found not to pay for fewer centers will not pay for more.
    if (morton_serves({n_rows(), n_features(), n_centers}) && n_centers < too_many_centers_) {
        if (morton_ == nullptr) morton_ = std::make_shared<MortonPoints<T>>(*this, n_threads);
        if (morton_->pays(n_centers)) return morton_;
        too_many_centers_ = n_centers;
    }
    // Not worth it: gives back what was made for nothing.
    // Beside panels they would be a second copy. Others may be at work with fewer centers.
    if (morton_.use_count() == 1) morton_.reset();
    if (morton_ == nullptr) order_.release_if([](const Buffer<std::uint32_t>&) { return true; });
    return nullptr;
}

// Here, where the forms' types are complete.
template <class T>
DensePoints<T>::~DensePoints() = default;

template class DensePoints<float>;
template class DensePoints<double>;

}  // namespace kwise
