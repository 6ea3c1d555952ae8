#include "kwise/assign/row_scanner.hpp"

#include <algorithm>
#include <limits>

#include "kwise/filters/scaled_int16_filter.hpp"

namespace kwise {

template <class T>
RowScanner<T>::RowScanner(const DensePoints<T>& points)
    : points_(points),
      words_(panel_words(points.n_features()) * panel_rows),
      panel_(points.panel_stride()),
      kept_(row_major_room(points.n_features())) {}

template <class T>
void RowScanner<T>::scan(std::uint32_t* rows, std::size_t n, const Filters& filters,
                         const ScanTarget& target) {
    if (n == 0) return;
    // The last row stands in for what is missing in the last panel.
    std::fill(rows + n, rows + (n + panel_rows - 1) / panel_rows * panel_rows, rows[n - 1]);
    uncertain_.clear();
    if (filters.row_major != nullptr) {
        scan_row_major(rows, n, *filters.row_major, target);
    } else if (filters.scaled_int16 == nullptr) {
        for (std::size_t r = 0; r < n; r += panel_rows) {
            scan_float32(rows + r, std::min(panel_rows, n - r), filters.float32->get(), target);
        }
    } else {
        scan_scaled_int16(rows, n, *filters.scaled_int16, target);
        again_.swap(uncertain_);
        return scan_again(again_, n, filters.float32, target);
    }
    for (const std::uint32_t row : uncertain_) {
        target.undecided->push_back(static_cast<std::uint32_t>(target.first) + row);
        if (target.margins != nullptr) {
            target.margins[row] = -std::numeric_limits<float>::infinity();
        }
    }
}

template <class T>
void RowScanner<T>::scan_again(std::vector<std::uint32_t>& rows, std::size_t n_seen,
                               LazyFilter<float>* float32, const ScanTarget& target) {
    n_seen_ += n_seen;
    n_uncertain_ += rows.size();
    const std::size_t n = rows.size();
    rows.resize(n + panel_rows);
    scan(rows.data(), n, {nullptr, nullptr, float32}, target);
}

template <class T>
void RowScanner<T>::take_counts(std::size_t& n_seen, std::size_t& n_uncertain) {
    n_seen += n_seen_;
    n_uncertain += n_uncertain_;
    n_seen_ = n_uncertain_ = 0;
}

template <class T>
void RowScanner<T>::scan_row_major(const std::uint32_t* rows, std::size_t n,
                                   const FilterCenters<float>& filter, const ScanTarget& target) {
    for (std::size_t r = 0; r < n; r += panel_rows) {
        const std::size_t count = std::min(panel_rows, n - r);
        kernels().scan<T>().top2_row_major(points_.rows(), target.first, rows + r, count, n - r,
                                           filter.row_major(), kept_.data(), norms_,
                                           {best_, second_, index_});
        kernels().certify(1, best_, second_, index_, norms_, 0, filter.bands(), target.drift,
                          target.margins == nullptr ? nullptr : margins_, &bits_);
        write(rows + r, count, target);
    }
}

template <class T>
void RowScanner<T>::scan_scaled_int16(const std::uint32_t* rows, std::size_t n,
                                      const ScaledInt16Filter& filter, const ScanTarget& target) {
    for (std::size_t r = 0; r < n; r += panel_rows) {
        if (r + panel_rows < n)
            points_.scaled_int16()->prefetch(target.first, rows + r + panel_rows);
        points_.scaled_int16()->gather(target.first, rows + r, words_.data(), factors_, norms_);
        kernels().top2_scaled_int16(words_.data(), factors_, norms_, filter.packed(), best_,
                                    second_, index_);
        kernels().certify(1, best_, second_, index_, norms_, 0, filter.bands(), target.drift,
                          target.margins == nullptr ? nullptr : margins_, &bits_);
        write(rows + r, std::min(panel_rows, n - r), target);
    }
}

template <class T>
void RowScanner<T>::scan_float32(const std::uint32_t* rows, std::size_t count,
                                 const FilterCenters<float>& filter, const ScanTarget& target) {
    const std::size_t d = points_.n_features();
    points_.gather(target.first / panel_rows, rows, count, panel_.data());
    kernels().scan<float>().top2(panel_.data(), 1, 0, d + 1, filter.packed(), best_, second_,
                                 index_);
    kernels().certify(1, best_, second_, index_, panel_.data() + d * panel_rows, 0, filter.bands(),
                      target.drift, target.margins == nullptr ? nullptr : margins_, &bits_);
    write(rows, count, target);
}

template <class T>
void RowScanner<T>::write(const std::uint32_t* rows, std::size_t count, const ScanTarget& target) {
    for (std::size_t r = 0; r < count; ++r) {
        target.labels[rows[r]] = index_[r];
        if (target.margins != nullptr) target.margins[rows[r]] = margins_[r];
        if (bits_ >> r & 1u) uncertain_.push_back(rows[r]);
    }
}

template class RowScanner<float>;
template class RowScanner<double>;

}  // namespace kwise
