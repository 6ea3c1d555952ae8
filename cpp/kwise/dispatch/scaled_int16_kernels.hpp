// What the fixed-point filter asks of an instruction set; see data/scaled_int16_rows.hpp for the
// filter.
//
// Rows and centers are stored as int16 whole numbers and multiplied as 32-bit words. Which numbers
// a word holds is the kernels' own affair: two features each, or four bytes of as many features.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kwise {

// Rows in fixed point. Row r has `stride` values (n_features, made even).
struct FixedStore {
    std::int16_t* values;
    std::size_t stride;
    float *factors, *norms;  // one a row
    double norm_limit;       // of a row's norm, in units of its factor
};

// For each center: score >= factor * (row's factor * sum of products) + slope * norm + constant
struct FixedScores {
    const float *factor, *slope, *constant;
};

// Centers in fixed point by groups: for each word of a group one word a center.
struct FixedCenters {
    const std::int32_t* words;
    std::size_t n_words;  // of one center
    FixedScores scores;
    const std::uint8_t* group_sizes;
    std::size_t n_groups;
};

struct FixedKernels {
    // The words of a row hold whole blocks of so many features; reading may go as far.
    std::size_t feature_block;
    // So many centers in a group at most. Full groups are filled up with centers that are never
    // the nearest.
    std::size_t group_limit;
    bool full_groups;

    // The words of one center from its values, whose number is a multiple of `feature_block`.
    void (*arrange)(const std::int16_t* values, std::size_t n_words, std::int32_t* words);
    // Makes a panel of 32 listed rows. Its place has panel_words() words for each row.
    void (*gather)(const std::int16_t* values, std::size_t stride, std::size_t n_words,
                   const std::uint32_t* listed, std::int32_t* panel);
    // For each row of a panel, with the rows' factors and norms: the smallest and the second
    // smallest score's lower bound, and the index of the smallest (the lowest on ties).
    void (*top2)(const std::int32_t* panel, const float* factors, const float* norms,
                 const FixedCenters& centers, float* best, float* second, std::int32_t* index);
    // Around calls of top2, on the same thread.
    void (*begin)();
    void (*end)();

    std::size_t n_words(std::size_t n_features) const {
        return (n_features + feature_block - 1) / feature_block * feature_block / 2;
    }
};

// While it lives, its thread may call top2.
class FixedScope {
  public:
    explicit FixedScope(const FixedKernels& kernels) : kernels_(kernels) { kernels_.begin(); }
    ~FixedScope() { kernels_.end(); }
    FixedScope(const FixedScope&) = delete;
    FixedScope& operator=(const FixedScope&) = delete;

  private:
    const FixedKernels& kernels_;
};

}  // namespace kwise
