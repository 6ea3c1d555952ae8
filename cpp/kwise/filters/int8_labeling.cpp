// See the header; docs/decisions/predict-once.md has what was measured.
#include "kwise/filters/int8_labeling.hpp"

#include <algorithm>
#include <numeric>

#include "kwise/dispatch/policy.hpp"
#include "kwise/filters/certify.hpp"

namespace kwise {

// Memory is taken by threads that need it, once.
void Int8Scratch::expect(std::size_t n_features, std::size_t n_centers) {
    if (values_.size() != 0) return;
    stride_ = (n_features + 63) / 64 * 64;
    values_ = Buffer<std::int8_t>(panel_rows * stride_);
    std::fill(values_.data(), values_.data() + values_.size(), std::int8_t{0});
    words_ = Buffer<std::int32_t>(stride_ / 4 * panel_rows);
    scores_ = Buffer<std::int32_t>(n_centers * panel_rows);
    // Of more pairs none is looked at.
    pairs_ = Buffer<std::uint32_t>(n_centers * panel_rows / 8 + 2 * panel_rows);
}

template <class T>
bool Int8Labeling<T>::pack(const ExactCenters& centers, std::size_t n_features,
                           const FilterTransform& transform) {
    if (!int8_.pack(centers, n_features, transform)) return false;
    float32_.pack_row_major(centers, n_features, transform);
    return true;
}

template <class T>
Int8Labels Int8Labeling<T>::label(const RowView<T>& rows, std::size_t first, std::size_t count,
                                  Int8Scratch& held) const {
    const Int8Centers centers = int8_.packed();
    held.expect(rows.n_features, centers.n_centers);
    Int8Labels found;
    found.finite = kernels().pack<T>().int8_panel(
        rows, first, count, centers,
        {held.values_.data(), held.stride_, held.factors_, held.norms_, held.gaps_});
    // Bytes travel two by two, as values of scaled int16 do.
    std::uint32_t all[panel_rows];
    std::iota(all, all + panel_rows, 0u);
    kernels().gather_scaled_int16(reinterpret_cast<const std::int16_t*>(held.values_.data()),
                                  held.stride_ / 2, centers.n_words, all, held.words_.data());
    const std::uint32_t open =
        int8_.label()(held.words_.data(), count, held.factors_, held.gaps_, centers,
                      held.scores_.data(), held.labels_, held.floors_);
    if (open == 0) return found;
    const std::size_t most = held.pairs_.size() - panel_rows;
    const std::size_t n_pairs = kernels().list_pairs(held.scores_.data(), centers.n_centers,
                                                     held.floors_, most, held.pairs_.data());
    if (int8_fails(n_pairs, count, centers.n_centers)) {
        found.open = open;
        return found;
    }
    std::int32_t nearest[panel_rows];
    kernels().scan<T>().top2_pairs(rows, first, held.pairs_.data(), n_pairs, float32_.row_major(),
                                   held.norms_, {held.best_, held.second_, nearest});
    for_each_bit(open, count, [&](std::size_t r) { held.labels_[r] = nearest[r]; });
    certify({held.best_, held.second_, held.labels_, held.norms_, 0}, count, float32_.bands(),
            nullptr, nullptr, [&](std::size_t r) { found.undecided |= 1u << r & open; });
    return found;
}

template class Int8Labeling<float>;
template class Int8Labeling<double>;

}  // namespace kwise
