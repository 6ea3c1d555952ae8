// Dispatch: the kernels of one instruction set, in a table a stage. Every stage calls them, by
// kernels(), which chooses the set once a process. Those that take rows as they are given exist for
// both float types: kernels().pack<T>() and its siblings pick by type. Called by every stage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "kwise/dispatch/filter_limits.hpp"
#include "kwise/dispatch/int8_views.hpp"
#include "kwise/dispatch/kernel_views.hpp"
#include "kwise/dispatch/row_view.hpp"
#include "kwise/dispatch/scaled_int16_views.hpp"

namespace kwise {

constexpr std::size_t running_block = 256;

// Rows as they are given into what filters read.
template <class T>
struct PackKernels {
    // Packs rows [first, first + 32) of the view into one panel of n_features + 1 features; rows
    // past the end are zeros.
    void (*panel)(const RowView<T>& rows, std::size_t first, float* panel,
                  const PackStatistics<T>& statistics);
    // The same of up to 32 listed rows (null: the first ones), counted from `first`, without
    // statistics; rows are row-major.
    void (*listed)(const RowView<T>& rows, std::size_t first, const std::uint32_t* list,
                   std::size_t count, float* panel);
    // What packing would learn of rows [first, first + n), row-major.
    void (*statistics)(const RowView<T>& rows, std::size_t first, std::size_t n,
                       const PackStatistics<T>& statistics);
    // Sums of the columns [first, first + count), shift or not, row after row in the view's type.
    void (*column_sums)(const RowView<T>& rows, std::size_t first, std::size_t count, T* sums);
    // One row as float64, padded with zeros.
    void (*exact_row)(const RowView<T>& rows, std::size_t row, double* out);
    // Rows [first, first + count) in float64, less `offset` unless it is null, padded with zeros,
    // and their squared norms.
    void (*exact_rows)(const RowView<T>& rows, std::size_t first, std::size_t count,
                       std::size_t padded, const double* offset, double* out, double* squares);
    // The exact values of 32 listed rows of up to 4 features as a panel of the view's type, with
    // the smallest and the largest of each feature.
    void (*exact_panel)(const RowView<T>& rows, const std::uint32_t* list, T* panel, double* low,
                        double* high);
    // Rounds (value - offset) * scale of row-major rows to int16, row after row, in words of two
    // features; see data/int16_rows.hpp.
    void (*int16_rows)(const RowView<T>& rows, std::size_t first, std::size_t count,
                       const float* offset, float scale, std::int32_t* words);
    // Rounds rows [first, first + n), row-major, to scaled int16, and adds to the statistics.
    // `scratch` has room for 8 rows of n_features made a multiple of 16. Returns an upper bound of
    // |rounding error| / |row|; rows that float32 cannot hold get an infinite norm.
    float (*scaled_int16)(const RowView<T>& rows, std::size_t first, std::size_t n, float* scratch,
                          const PackStatistics<T>& statistics, const ScaledInt16Store& to);
    // The same of up to 32 rows without statistics, from the store's first on, whose stride is a
    // multiple of 16.
    float (*scaled_int16_panel)(const RowView<T>& rows, std::size_t first, std::size_t count,
                                const ScaledInt16Store& to);
    // Rounds up to 32 row-major rows less the view's shift to int8, from the store's first on.
    // False where a norm is not finite.
    bool (*int8_panel)(const RowView<T>& rows, std::size_t first, std::size_t count,
                       const Int8Centers& centers, const Int8Store& to);
};

// Centers ranked for rows.
template <class T>
struct ScanKernels {
    // For every row of the panels: the smallest and the second smallest of
    // constant[c] + sum over features of panel * coefficient[c], and the index of the smallest
    // (the lowest on ties).
    void (*top2)(const T* panels, std::size_t n_panels, std::size_t panel_stride,
                 std::size_t n_features, const PackedCenters<T>& centers, T* best, T* second,
                 std::int32_t* index);
    // As top2 in float32 for up to 32 row-major rows, less the view's shift, neighbors or listed
    // ones (counted from `first`; null: none are), and up to row_major_limit centers. Rows that
    // follow, up to n_known in all, are fetched meanwhile. Sets bounds of the norms. `kept` has
    // row_major_room().
    void (*top2_row_major)(const RowView<T>& rows, std::size_t first, const std::uint32_t* list,
                           std::size_t count, std::size_t n_known, const RowMajorCenters& centers,
                           float* kept, float* norms, const Top2Target& to);
    // Labels of neighboring row-major rows (of a chunk at most) less the view's shift, in float32,
    // for up to most_numbered centers: at `labels`, and one word of bits a panel of the rows whose
    // label is not certain (bits past the last row mean nothing). False where a norm is not finite.
    // `panel` has room as for PackKernels::listed.
    bool (*label_rows)(const RowView<T>& rows, std::size_t first, std::size_t count,
                       const NumberedCenters& centers, float* panel, std::int32_t* labels,
                       std::uint32_t* uncertain);
    // As top2 in float32 for pairs (center * 32 + row, counted from `first`, by center) of
    // row-major rows less the view's shift, with the rows' norms: of the centers that a row is
    // paired with.
    void (*top2_pairs)(const RowView<T>& rows, std::size_t first, const std::uint32_t* pairs,
                       std::size_t n, const RowMajorCenters& centers, const float* norms,
                       const Top2Target& to);
    // The nearest of the listed centers (in ascending order) of each row of a panel of up to 4
    // features, by canonical distance, the lowest on ties.
    void (*nearest_listed)(const T* panel, std::size_t n_features, const double* centers,
                           std::size_t padded, const std::int32_t* list, std::size_t count,
                           std::int32_t* nearest);
    // sums[c] += value * table[column * width + c] over the entries of a sparse row, entry by
    // entry. Never fused.
    void (*add_entries)(const T* values, const std::int32_t* columns, std::size_t n_entries,
                        const double* table, std::size_t width, double* sums);
    // The smallest and the second smallest of the scores' lower bounds, and the index of the
    // smallest.
    Top2Scores (*top2_sparse)(const SparseRow<T>& row, const SparseCenters& centers);
};

// New labels into sums and inertia.
template <class T>
struct UpdateKernels {
    // Moves these rows, counted from `first`, from the sums of their labels' centers (none where
    // the label is -1) to those of new_labels[]'s, and the labels with them.
    void (*apply_moves)(const RowView<T>& rows, const T* weights, std::size_t first,
                        const std::uint32_t* moved, std::size_t count,
                        const std::int32_t* new_labels, std::int32_t* labels, const SumsView& sums);
    // The same for the rows of a panel whose bit is set; the other labels must be new_labels[]
    // already.
    void (*apply_panel_moves)(const T* panel, const T* weights, std::size_t n_features,
                              std::uint32_t moved, const std::int32_t* new_labels,
                              std::int32_t* labels, const SumsView& sums);
    // Canonical squared distances of rows first..first+n to the centers of their labels.
    void (*own_distances)(const RowView<T>& rows, std::size_t first, std::size_t n,
                          const std::int32_t* labels, const double* centers, std::size_t padded,
                          double* distances);
};

// A seed taken.
template <class T>
struct SeedKernels {
    // Canonical squared distances of some rows to one center, padded with zeros.
    void (*listed_distances)(const RowView<T>& rows, const std::uint32_t* list, std::size_t n,
                             const double* center, std::size_t padded, double* distances);
    // Lowers the rows' distances to the new ones where these are smaller, in which case the rows'
    // panels become stale; returns how many, and leaves only these in the lists. `to` may have no
    // labels.
    std::size_t (*keep_nearer)(const std::uint32_t* rows, std::size_t n,
                               const SeedDistancesView<T>& to, std::uint32_t* places,
                               double* distances);
    // Sums of 32 numbers each in a fixed order, anew where a panel is stale.
    void (*panel_sums)(const T* values, const std::uint8_t* stale, std::size_t n_panels,
                       double* sums);
};

// All distances from rows to centers.
template <class T>
struct DistanceKernels {
    // By expansion, row by row, and for each row and octet the bits of the doubtful ones; see
    // predict/center_distances.hpp.
    void (*expanded)(const RowBlockView& rows, const CenterOctets& centers,
                     const ExpansionLimits& limits, T* out, std::uint8_t* doubtful);
    // Of rows of up to 4 features, row by row: roots of canonical squared distances. False where a
    // value is not finite.
    bool (*short_rows)(const RowView<T>& rows, std::size_t first, std::size_t count,
                       const CenterOctets& centers, T* out);
};

template <class T>
struct TypedKernels {
    PackKernels<T> pack;
    ScanKernels<T> scan;
    UpdateKernels<T> update;
    SeedKernels<T> seed;
    DistanceKernels<T> distance;
};

struct Kernels {
    const char* name;
    // Centers that fit the registers at once, also of those of row-major rows, where each of
    // row_major_lanes lanes adds up its own share of the products; octets of centers in a batch.
    std::size_t block_limit, row_major_lanes, row_major_limit, tile_octets;
    FilterLimits limits;

    // int16 and Morton order: from float32 panels, hence of one type.
    // Rounds (value - offset) * scale of the first `count` rows of a float32 panel to int16, in
    // words of two features, with half of each row's square, rounded down; the others become
    // zeros. `rest`, where given, receives half of each row's square past the first pairs, rounded
    // up. Returns the largest squared rounding error of a row.
    float (*quantize_int16_panel)(const float* panel, std::size_t count, std::size_t n_features,
                                  const float* offset, float scale, std::int32_t* words,
                                  std::int32_t* half_squares, std::size_t n_first,
                                  std::int32_t* rest);
    // int16 rows as a panel, of 32 rows or of listed ones, with half of each row's square.
    void (*gather_int16_rows)(const std::int32_t* rows, const std::uint32_t* list,
                              std::size_t count, std::size_t n_pairs, std::int32_t* words,
                              std::int32_t* half_squares);
    // A panel of 32 listed rows in scaled int16, word by word (panel[word * 32 + row]); a word
    // holds two features. Reads and writes n_words made a multiple of 16.
    void (*gather_scaled_int16)(const std::int16_t* values, std::size_t stride, std::size_t n_words,
                                const std::uint32_t* listed, std::int32_t* panel);
    // Of rows of up to 4 features: for each row of a panel the numbers of its cells, bit by bit in
    // turn.
    void (*morton_keys)(const float* panel, std::size_t n_features, const CellGrid& grid,
                        std::int32_t* keys);

    // The top 2 centers of a panel of int16 rows: labels, one bit a row whose label is not certain,
    // and margins (null: none) with the drift, see bounds/hamerly.hpp.
    void (*top2_int16)(const std::int32_t* panel, std::size_t n_pairs,
                       const std::int32_t* half_squares, const Int16Centers& centers,
                       const float* drift, std::int32_t* labels, float* margins,
                       std::uint32_t* uncertain);
    // For each row of a panel in scaled int16, with the rows' factors and norms: the smallest and
    // the second smallest score's lower bound, and the index of the smallest (the lowest on ties).
    void (*top2_scaled_int16)(const std::int32_t* panel, const float* factors, const float* norms,
                              const ScaledInt16Centers& centers, float* best, float* second,
                              std::int32_t* index);
    // Labels of the first `count` rows of a panel in int8, and one bit a row whose label is not
    // certain; `scores` gets those of each center for 32 rows, and `floors` for each open row the
    // least score of a center that may be its own, more than any for others.
    std::uint32_t (*label_int8)(const std::int32_t* panel, std::size_t count, const float* inverse,
                                const float* gaps, const Int8Centers& centers, std::int32_t* scores,
                                std::int32_t* labels, std::int32_t* floors);
    // The same by tiles of bytes, or null: there are int8_tile_centers or more, one after the
    // other.
    decltype(label_int8) label_int8_by_tiles;
    // See TileScope.
    void (*release_tiles)();
    // Lists the pairs (center * 32 + row) whose score reaches its floor, by center, until there are
    // more than `most`; returns how many, and may write 32 more than `most`.
    std::size_t (*list_pairs)(const std::int32_t* scores, std::size_t n_centers,
                              const std::int32_t* floors, std::size_t most, std::uint32_t* pairs);
    // Rows [0, n) of a chunk: bit masks (one per panel) of the rows whose smallest score is not
    // certainly the row's; see filters/certified_filter.hpp. norms: those of the panels,
    // `norm_stride` apart. Where margins is not null it receives (margin + drift[label]), rounded
    // down.
    void (*certify)(std::size_t n_panels, const float* best, const float* second,
                    const std::int32_t* index, const float* norms, std::size_t norm_stride,
                    const Bands& bands, const float* drift, float* margins,
                    std::uint32_t* uncertain);
    // The rows of [0, n_rows) with margin <= drift[label]: which they are; returns how many.
    std::size_t (*active_rows)(std::size_t n_rows, const float* margins, const std::int32_t* labels,
                               const float* drift, std::size_t n_centers, std::uint32_t* active);
    // For each listed center one bit a box: whether it may be nearest to anything in there, among
    // those listed. Up to 4 features.
    void (*possible_centers)(const Boxes& boxes, const double* centers, std::size_t padded,
                             const std::int32_t* list, std::size_t count, std::uint64_t* possible);

    // Takes what one Yinyang group has for the rows of a panel into their state, and writes lower
    // bounds of the rows' distances to the group, in units, rounded down, plus the drift; see
    // bounds/yinyang.hpp.
    void (*merge_group)(const float* best, const float* second, const std::int32_t* index,
                        std::int32_t first, const float* norms, float per_unit, std::int32_t drift,
                        const Top2State& state, std::uint16_t* bounds);
    // Distances that lower bounds of scores stand for, in units, rounded down.
    void (*bound_units)(const float* scores, const float* norms, float per_unit,
                        std::int32_t* units);
    // One bit a group whose bound is at most `above` more than its drift. Returns how many.
    std::size_t (*active_groups)(const std::uint16_t* bounds, const std::uint16_t* drift,
                                 std::size_t n_groups, std::int32_t above, std::uint32_t* active);
    // The least of the bounds, less the drift, where that is positive.
    std::int32_t (*least_bound)(const std::uint16_t* bounds, const std::uint16_t* drift,
                                std::size_t n_groups);

    // The rows of [0, n) whose label differs from new_labels[]: which they are; returns how many.
    std::size_t (*find_moved)(std::size_t n, const std::int32_t* new_labels,
                              const std::int32_t* labels, std::uint32_t* moved);
    // Bits of the rows of a panel whose label differs from new_labels[].
    std::uint32_t (*differing)(const std::int32_t* new_labels, const std::int32_t* labels);
    // The canonical squared distance of one row and one center, both padded with zeros to a
    // multiple of 8.
    double (*canonical_row)(const double* row, const double* center, std::size_t padded);
    // Nearest center of one row by canonical distance, the lowest index on ties.
    std::int32_t (*canonical_nearest)(const double* row, const double* centers,
                                      std::size_t n_centers, std::size_t padded, double* distance);

    // For one panel and one block of centers: adds weight * max(0, threshold[row] - score) to
    // reductions[center * 32 + row], and tells by one bit a row and center where that is above 0.
    // Null weights are ones.
    void (*trial_reductions_float32)(const float* panel, std::size_t n_features,
                                     const float* center_block, std::size_t block_size,
                                     const float* threshold, const float* weights,
                                     float* reductions, std::uint32_t* bits);
    // The same in int16, for some panels of a chunk: adds weight * max(0, limit[row] +
    // constant[t] + sum of products) to reductions[t * 32 + any lane], and the panel's slack to
    // slacks[t] for every row where that is above 0. Nothing overflows while the result itself
    // fits 32 bits. `candidates` get the rows, and the panels that have any.
    void (*trial_reductions_int16)(const Int16PanelsView& panels, std::uint64_t which,
                                   const Int16Trials& trials, float* reductions, float* slacks,
                                   const CandidateMasks& candidates);
    // One bit a box: the trial is nearer to it than its radius.
    std::uint64_t (*near_boxes)(const BoxesView& boxes, const float* trial);
    // Lists the places, counted from `first`, whose bit is set, of the panels whose bit is in
    // `which`; their words stand `stride` apart. Returns how many, and may write 32 more.
    std::size_t (*list_places)(const std::uint32_t* bits, std::size_t stride, std::uint64_t which,
                               std::uint32_t first, std::uint32_t* list);
    // start + values[0] + values[1] ... over 256 values, none negative, each sum rounded to float32
    // in turn. False where that was not possible in parallel: at ties and at a power of 2.
    bool (*running_sum)(const float* values, float start, float* end);
    // int16 limits from new squared distances, in the data's units, of rows at some places in
    // ascending order, and what is kept of their panels. See seeding/trial_filter_int16.cpp.
    void (*lower_limits)(const std::uint32_t* places, const double* distances, std::size_t n,
                         const Int16Limits& limits);

    // Adds up Euclidean distances between two sets of rows, accurate to about 1e-11 of each.
    void (*distance_sums)(const DistanceTile& tile);

    TypedKernels<float> float32;
    TypedKernels<double> float64;

    template <class T>
    const TypedKernels<T>& typed() const {
        if constexpr (std::is_same_v<T, float>) {
            return float32;
        } else {
            return float64;
        }
    }
    template <class T>
    const PackKernels<T>& pack() const {
        return typed<T>().pack;
    }
    template <class T>
    const ScanKernels<T>& scan() const {
        return typed<T>().scan;
    }
    template <class T>
    const UpdateKernels<T>& update() const {
        return typed<T>().update;
    }
    template <class T>
    const SeedKernels<T>& seed() const {
        return typed<T>().seed;
    }
    template <class T>
    const DistanceKernels<T>& distance() const {
        return typed<T>().distance;
    }
};

extern const Kernels& baseline_kernels;
#if defined(KWISE_X86)
extern const Kernels& avx2_kernels;
extern const Kernels& avx512_kernels;
extern const Kernels& avx512vnni_kernels;
#elif defined(KWISE_ARM64)
extern const Kernels& neon_kernels;
#endif

// The kernels of this process: the best that the machine has and KWISE_MAX_ISA allows
// ("baseline", then "avx2", "avx512", "avx512vnni" and "amx", or "neon"), chosen once.
const Kernels& kernels();

// Around the rows that one thread ranks in int8, a chunk at most: kernels that set up tiles leave
// them so, and while they are, every switch of threads saves them.
class TileScope {
  public:
    TileScope() = default;
    TileScope(const TileScope&) = delete;
    TileScope& operator=(const TileScope&) = delete;
    ~TileScope() { kernels().release_tiles(); }
};

// Name of the best instruction set that this machine has, whatever KWISE_MAX_ISA says.
const char* machine_isa();

}  // namespace kwise
