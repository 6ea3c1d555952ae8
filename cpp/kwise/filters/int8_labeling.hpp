// Filters: labels of a panel of rows, read as they lie, by scores in int8 (int8_filter.hpp) and,
// where these leave a few candidates, by float32 scores of those. Called by assign/ and predict/.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kwise/base/buffer.hpp"
#include "kwise/filters/certified_filter.hpp"
#include "kwise/filters/int8_filter.hpp"

namespace kwise {

// What one thread needs, and the labels found. Past the rows of a panel that is not full, these are
// what an earlier panel left.
class Int8Scratch {
  public:
    const std::int32_t* labels() const { return labels_; }

  private:
    template <class T>
    friend class Int8Labeling;
    void expect(std::size_t n_features, std::size_t n_centers);

    std::size_t stride_ = 0;
    Buffer<std::int8_t> values_;
    Buffer<std::int32_t> words_, scores_;
    Buffer<std::uint32_t> pairs_;
    float gaps_[panel_rows] = {}, factors_[panel_rows] = {}, norms_[panel_rows] = {};
    float best_[panel_rows] = {}, second_[panel_rows] = {};
    std::int32_t floors_[panel_rows] = {}, labels_[panel_rows] = {};
};

// One bit a row: labels that float32 scores do not decide, and those that nothing was asked about,
// since so many centers were left that other filters are cheaper.
struct Int8Labels {
    std::uint32_t undecided = 0, open = 0;
    bool finite = true;  // all norms
};

template <class T>
class Int8Labeling {
  public:
    // False where int8 cannot hold the centers. Rows must lie feature by feature, in the
    // transform's scale.
    bool pack(const ExactCenters& centers, std::size_t n_features,
              const FilterTransform& transform);
    // Of up to 32 rows, to the scratch.
    Int8Labels label(const RowView<T>& rows, std::size_t first, std::size_t count,
                     Int8Scratch& scratch) const;

  private:
    Int8Filter int8_;
    FilterCenters<float> float32_;  // of row-major rows
};

}  // namespace kwise
