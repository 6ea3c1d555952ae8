// Dispatch: what the kernels read and write: views of rows, centers and results, without any
// behavior. Called by dispatch/kernels.hpp.
//
// Rows are held in panels of 32, feature by feature (panel[i * 32 + row]), so that one vector holds
// the same feature of neighboring rows. The last feature of a float32 panel is an upper bound of
// each row's norm; see filters/certified_filter.hpp for its use.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kwise {

constexpr std::size_t panel_rows = 32;

// Centers packed for the filter: blocks of up to `block_limit` centers, each block stored as its
// constants followed by one row of coefficients per feature.
template <class T>
struct PackedCenters {
    const T* values;
    const std::uint8_t* block_sizes;
    std::size_t n_blocks;
};

// Packed centers whose numbers take the last bits of their scores; of up to `short_features`
// features also one after the other, each its constant and d + 1 coefficients. All share a band: a
// label is certain where the second smallest score exceeds the smallest by more than
// constant + slope * norm, which constant_of_square + slope_of_square * norm^2 is never below.
constexpr std::size_t most_numbered = 256, short_features = 8;
struct NumberedCenters {
    PackedCenters<float> packed;
    const float* rows;
    std::size_t n_centers;
    std::int32_t number_bits;
    float constant, slope, constant_of_square, slope_of_square;
};

// Centers for the filter one after the other, `stride` apart: the coefficients of each are aligned,
// between its constant and that of the norm, and zeros follow.
struct RowMajorCenters {
    const float* coefficients;
    std::size_t stride, n_centers;
};
// An odd number of lines: neighbors never share all the places in a cache that they may take.
constexpr std::size_t row_major_stride(std::size_t n_features) {
    return 16 + (n_features + 1 + 31) / 32 * 32;
}
// Room for row-major rows together.
constexpr std::size_t row_major_room(std::size_t n_features) {
    return 4 * row_major_stride(n_features);
}

// Where the smallest and second smallest scores of 32 rows go, and which center has the smallest.
struct Top2Target {
    float *best, *second;
    std::int32_t* index;
};

// Rows that stand side by side in the panels of `DistanceTile`.
constexpr std::size_t tile_panel = 8;

// Two sets of rows in float64 panels of 8 (n_features + 1 features, the last being |x|^2 / 2) for
// sums of distances. Weights are 0 for padding; null ones say that every row is there and counts
// once.
struct DistanceTile {
    const double* rows;
    const double* weights;
    std::size_t n_panels;
    const double* others;
    const double* other_weights;
    std::size_t n_other_panels;
    std::size_t n_features;
    double* sums;        // for each row the distances to `others` are added
    double* other_sums;  // for each of `others` the distances to `rows` are added; or null
};

// Up to `trial_batch` trials in int16: for each pair of features one word (two 16-bit numbers) a
// trial, and minus half of each trial's square.
constexpr std::size_t trial_batch = 8;
struct Int16Trials {
    const std::int32_t* words;
    const std::int32_t* constants;
    std::size_t count;
    const std::int32_t* rest = nullptr;  // as of rows
};

// Centers in int16, in blocks: for each pair of features one word a center of the block, negative;
// half of each center's square. See filters/int16_filter.hpp.
struct Int16Centers {
    const std::int32_t* words;
    const std::int32_t* constants;
    const std::uint8_t* block_sizes;
    std::size_t n_blocks, n_centers;
    std::int32_t label_bits;  // the last bits of a score, which hold the center's number
    float error, gap;         // of a square; what a margin must exceed
    float to_transformed;     // from quantizer units to the transform's, rounded down
};

// Of one row: the smallest score and the second smallest, and the index of the smallest.
struct Top2Scores {
    float best, second;
    std::int32_t index;
};

// Centers for sparse rows in int16, feature by feature, two to a word: of every 32 centers the
// first 16 are the lower halves of 16 words, in units of units[c], and the others are what the
// whole word holds in units of 2^16 of theirs. See sparse/sparse_filter.hpp for constants and
// errors.
struct SparseCenters {
    const std::int32_t* words;
    const float *constants, *units, *roundings, *steps;
    std::size_t width;  // centers, with padding up to a multiple of 32
};
// Its own entries, and how many there are until the end of the array: they are fetched ahead. What
// the errors of its scores grow by.
template <class T>
struct SparseRow {
    const T* values;
    const std::int32_t* columns;
    std::size_t n_entries, n_known;
    float rounding, step;
};

// The centers nearest to the rows of a panel so far: lower bounds of the smallest and the second
// smallest score, the second smallest in the group of the smallest, and the index of the smallest.
struct Top2State {
    float *best, *second, *second_in_group;
    std::int32_t* index;
};

// A chunk's panels in int16: the limit and weight (null: ones) of each row, and by how much a score
// of each panel may be too large.
struct Int16PanelsView {
    const std::int32_t* words;
    std::size_t n_pairs;
    const std::int32_t* limits;
    const float *weights, *slack;
    // Half of each row's square past the first pairs, rounded up, where it is asked whether these
    // rule a trial out; or null.
    const std::int32_t* rest = nullptr;
    std::size_t n_first = 0;
};

// The rows that a trial might bring nearer, bits[p * stride + t] for panel p, and for each trial
// the panels that have any: the words of others mean nothing.
struct CandidateMasks {
    std::uint32_t* bits;
    std::size_t stride;
    std::uint64_t* panels;
};

// By place: the limits and halves of squares; by panel: the largest squared distance of a row, and
// by how much scores may be too large: found anew where `few` rows or more change. In int16
// numbers, `scale` to a squared unit of the data.
struct Int16Limits {
    std::int32_t* limits;
    const std::int32_t* half_squares;
    float *radius, *slack;
    float scale, rho;
    std::size_t few;
};

// By row: the distance to its nearest seed, and which that is (null: nobody asks); by panel:
// whether a distance fell. The next seed is number `seed`.
template <class T>
struct SeedDistancesView {
    T* distances;
    std::int32_t* labels;
    std::uint8_t* stale;
    std::int32_t seed;
};

// 64 boxes around rows, feature by feature (`stride` apart), and the squared distance within which
// a trial may matter to the rows of each.
struct BoxesView {
    const float *lowest, *highest, *radius;
    std::size_t stride, n_features;
};

// A grid of 2^(16 / d) cells for each of d <= 4 features: where it begins, and cells a unit.
struct CellGrid {
    float low[4], per_cell[4];
};

// 64 boxes, feature by feature (`stride` apart): their middles and half their widths.
constexpr std::size_t box_batch = 64;
struct Boxes {
    const double *middle, *half;
    std::size_t stride, n_features;
};

// Rows in float64, `padded` values each (there is room up to a multiple of 8 rows).
struct RowBlockView {
    const double* values;
    const double* squares;  // |x|^2
    std::size_t n_rows, padded;
    // The rows after these, to be fetched meanwhile, of so many bytes.
    const char* next;
    std::size_t row_bytes;
};
// Centers side by side in octets: batches of up to `tile_octets` octets, nearly equal in size, each
// feature by feature. Missing centers are zeros.
struct CenterOctets {
    const double* values;
    const double* squares;  // |c|^2
    std::size_t n_centers, n_features;
};
// A squared distance is doubtful unless it is above `least` and above `share` of |x|^2 + |c|^2.
struct ExpansionLimits {
    double share, least;
    bool exact_products;  // in float64
};

}  // namespace kwise
