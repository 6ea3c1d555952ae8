// The kernels that are compiled once per instruction set, and the table that holds them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kwise/dispatch/filter_limits.hpp"
#include "kwise/dispatch/kernel_views.hpp"
#include "kwise/dispatch/row_view.hpp"
#include "kwise/dispatch/scaled_int16_views.hpp"

namespace kwise {

constexpr std::size_t running_block = 256;

struct Kernels {
    const char* name;
    std::size_t group_limit;  // centers per group that fit the registers
    FilterLimits limits;

    // Packs rows [first, first + 32) of the view into one panel of n_features + 1 features; rows
    // past the end are zeros.
    void (*pack_panel_f32)(const RowView<float>& rows, std::size_t first, float* panel,
                           const PackStatistics<float>& statistics);
    void (*pack_panel_f64)(const RowView<double>& rows, std::size_t first, float* panel,
                           const PackStatistics<double>& statistics);
    // The same of up to 32 listed rows, counted from `first`; their features lie side by side.
    void (*pack_rows_f32)(const RowView<float>& rows, std::size_t first, const std::uint32_t* list,
                          std::size_t count, float* panel);
    void (*pack_rows_f64)(const RowView<double>& rows, std::size_t first, const std::uint32_t* list,
                          std::size_t count, float* panel);
    // What packing would learn of rows [first, first + n), whose features lie side by side.
    void (*learn_columns_f32)(const RowView<float>& rows, std::size_t first, std::size_t n,
                              const PackStatistics<float>& statistics);
    void (*learn_columns_f64)(const RowView<double>& rows, std::size_t first, std::size_t n,
                              const PackStatistics<double>& statistics);
    // Sums of the columns [first, first + count), shift or not, row after row in the view's type.
    void (*add_columns_f32)(const RowView<float>& rows, std::size_t first, std::size_t count,
                            float* sums);
    void (*add_columns_f64)(const RowView<double>& rows, std::size_t first, std::size_t count,
                            double* sums);

    // For every row of the panels: the smallest and the second smallest of
    // constant[c] + sum over features of panel * coefficient[c], and the index of the smallest
    // (the lowest on ties).
    void (*top2_f32)(const float* panels, std::size_t n_panels, std::size_t panel_stride,
                     std::size_t n_features, const PackedCenters<float>& centers, float* best,
                     float* second, std::int32_t* index);
    void (*top2_f64)(const double* panels, std::size_t n_panels, std::size_t panel_stride,
                     std::size_t n_features, const PackedCenters<double>& centers, double* best,
                     double* second, std::int32_t* index);

    // For one panel and one group of centers: adds weight * max(0, threshold[row] - score) to
    // gains[center * 32 + row], and tells by one bit a row and center where that is above 0.
    // Null weights are ones.
    void (*gains_f32)(const float* panel, std::size_t n_features, const float* group,
                      std::size_t group_size, const float* threshold, const float* weights,
                      float* gains, std::uint32_t* bits);

    // The same in whole numbers, for some panels of a chunk: adds weight * max(0, limit[row] +
    // constant[t] + sum of products) to gains[t * 32 + any lane], and the panel's excess to
    // excesses[t] for every row where that is above 0. Nothing overflows while the result itself
    // fits 32 bits. `marks` get the rows, and the panels that have any.
    void (*trial_gains)(const WholePanels& panels, std::uint64_t which, const WholeTrials& trials,
                        float* gains, float* excesses, const TrialMarks& marks);
    // Rounds (value - offset) * scale of a panel of float32 rows to whole numbers of 16 bits, in
    // words of two features, with half of each row's square, rounded down. Returns the largest
    // squared rounding error of a row.
    float (*whole_panel)(const float* panel, std::size_t n_features, const float* offset,
                         float scale, std::int32_t* words, std::int32_t* half_squares);
    // The same of rows whose features lie side by side, row after row, see data/int16_rows.hpp.
    void (*round_rows_f32)(const RowView<float>& rows, std::size_t first, std::size_t count,
                           const float* offset, float scale, std::int32_t* words);
    void (*round_rows_f64)(const RowView<double>& rows, std::size_t first, std::size_t count,
                           const float* offset, float scale, std::int32_t* words);
    // Those as a panel, of 32 rows or of listed ones, with half of each row's square.
    void (*read_lines)(const std::int32_t* lines, const std::uint32_t* list, std::size_t count,
                       std::size_t n_pairs, std::int32_t* words, std::int32_t* half_squares);
    // The nearest centers of a panel of rows in whole numbers: labels, one bit a row whose label is
    // not certain, and margins (null: none) with the drift, see bounds/hamerly.hpp.
    void (*nearest_whole)(const std::int32_t* panel, std::size_t n_pairs,
                          const std::int32_t* half_squares, const WholeCenters& centers,
                          const float* drift, std::int32_t* labels, float* margins,
                          std::uint32_t* uncertain);
    // Takes what one group of centers has for the rows of a panel into their state, and writes
    // lower bounds of the rows' distances to the group, in units, rounded down, plus the drift; see
    // bounds/yinyang.hpp.
    void (*merge_group)(const float* best, const float* second, const std::int32_t* index,
                        std::int32_t first, const float* norms, float per_unit, std::int32_t drift,
                        const NearestState& state, std::uint16_t* bounds);
    // Distances that lower bounds of scores stand for, in units, rounded down.
    void (*bound_units)(const float* scores, const float* norms, float per_unit,
                        std::int32_t* units);
    // One bit a group whose bound is at most `above` more than its drift. Returns how many.
    std::size_t (*open_groups)(const std::uint16_t* bounds, const std::uint16_t* drift,
                               std::size_t n_groups, std::int32_t above, std::uint32_t* open);
    // The least of the bounds, less the drift, where that is positive.
    std::int32_t (*least_bound)(const std::uint16_t* bounds, const std::uint16_t* drift,
                                std::size_t n_groups);
    // One bit a box: the trial is nearer to it than its reach.
    std::uint64_t (*near_boxes)(const BoxesView& boxes, const float* trial);
    // Canonical squared distances of some rows to one center, padded with zeros.
    void (*listed_distances_f32)(const RowView<float>& rows, const std::uint32_t* list,
                                 std::size_t n, const double* center, std::size_t padded,
                                 double* distances);
    void (*listed_distances_f64)(const RowView<double>& rows, const std::uint32_t* list,
                                 std::size_t n, const double* center, std::size_t padded,
                                 double* distances);

    // Lists the places, counted from `first`, whose bit is set, of the panels whose bit is in
    // `which`; their words stand `stride` apart. Returns how many, and may write 32 more.
    std::size_t (*list_places)(const std::uint32_t* bits, std::size_t stride, std::uint64_t which,
                               std::uint32_t first, std::uint32_t* list);
    // Lowers the rows' distances to the new ones where these are smaller, in which case the rows'
    // panels become stale; returns how many, and leaves only these in the lists. `to` may have no
    // labels.
    std::size_t (*keep_nearer_f32)(const std::uint32_t* rows, std::size_t n,
                                   const NearestView<float>& to, std::uint32_t* places,
                                   double* distances);
    std::size_t (*keep_nearer_f64)(const std::uint32_t* rows, std::size_t n,
                                   const NearestView<double>& to, std::uint32_t* places,
                                   double* distances);
    // Sums of 32 numbers each in a fixed order, anew where a panel is stale.
    void (*panel_sums_f32)(const float* values, const std::uint8_t* stale, std::size_t n_panels,
                           double* sums);
    void (*panel_sums_f64)(const double* values, const std::uint8_t* stale, std::size_t n_panels,
                           double* sums);
    // start + values[0] + values[1] ... over 256 values, none negative, each sum rounded to float32
    // in turn. False where that was not possible in parallel: at ties and at a power of 2.
    bool (*running_sum)(const float* values, float start, float* end);
    // Limits in whole numbers from new squared distances, in the data's units, of rows at some
    // places in ascending order, and what is kept of their panels. See
    // seeding/trial_filter_int16.cpp.
    void (*lower_limits)(const std::uint32_t* places, const double* distances, std::size_t n,
                         const WholeLimits& limits);

    // Rows [first, first + count) in float64, less `offset` unless it is null, padded with zeros,
    // and their squared norms.
    void (*load_exact_rows_f32)(const RowView<float>& rows, std::size_t first, std::size_t count,
                                std::size_t padded, const double* offset, double* out,
                                double* squares);
    void (*load_exact_rows_f64)(const RowView<double>& rows, std::size_t first, std::size_t count,
                                std::size_t padded, const double* offset, double* out,
                                double* squares);
    // Groups of octets hold as many of them at most.
    std::size_t tile_octets;
    // Distances by expansion, row by row, and for each row and octet the bits of the doubtful ones;
    // see predict/center_distances.hpp.
    void (*expanded_distances_f32)(const RowBlockView& rows, const CenterOctets& centers,
                                   const ExpansionLimits& limits, float* out,
                                   std::uint8_t* doubtful);
    void (*expanded_distances_f64)(const RowBlockView& rows, const CenterOctets& centers,
                                   const ExpansionLimits& limits, double* out,
                                   std::uint8_t* doubtful);
    // Distances of rows of up to 4 features, row by row: roots of canonical squared distances.
    // False where a value is not finite.
    bool (*short_row_distances_f32)(const RowView<float>& rows, std::size_t first,
                                    std::size_t count, const CenterOctets& centers, float* out);
    bool (*short_row_distances_f64)(const RowView<double>& rows, std::size_t first,
                                    std::size_t count, const CenterOctets& centers, double* out);
    // The canonical squared distance of one row and one center, both padded with zeros to a
    // multiple of 8.
    double (*canonical_row)(const double* row, const double* center, std::size_t padded);
    // Nearest center of one row by canonical distance, the lowest index on ties.
    std::int32_t (*canonical_nearest)(const double* row, const double* centers,
                                      std::size_t n_centers, std::size_t padded, double* distance);

    // As top2_f32 for up to 32 rows whose features lie side by side, less the view's shift,
    // neighbors or listed ones (counted from `first`; null: none are), and up to streamed_limit
    // centers. Each of streamed_lanes lanes adds up its own share of the products. Rows that
    // follow, up to n_known in all, are fetched meanwhile. Sets bounds of the norms. `kept` has
    // streamed_room().
    std::size_t streamed_lanes, streamed_limit;
    void (*top2_streamed_f32)(const RowView<float>& rows, std::size_t first,
                              const std::uint32_t* list, std::size_t count, std::size_t n_known,
                              const RowCenters& centers, float* kept, float* norms,
                              const Top2Target& to);
    void (*top2_streamed_f64)(const RowView<double>& rows, std::size_t first,
                              const std::uint32_t* list, std::size_t count, std::size_t n_known,
                              const RowCenters& centers, float* kept, float* norms,
                              const Top2Target& to);
    // Rounds such rows to fixed point, from the store's first on, whose stride is a multiple of 16.
    // Returns an upper bound of |rounding error| / |row|; rows that do not fit get an infinite
    // norm.
    float (*quantize_panel_f32)(const RowView<float>& rows, std::size_t first, std::size_t count,
                                const FixedStore& to);
    float (*quantize_panel_f64)(const RowView<double>& rows, std::size_t first, std::size_t count,
                                const FixedStore& to);

    // Rows [0, n) of a chunk: bit masks (one per panel) of the rows whose smallest score is not
    // certainly the row's; see filters/certified_filter.hpp. norms: those of the panels,
    // `norm_stride` apart. Where margins is not null it receives (margin + drift[label]), rounded
    // down: see assign/dense_assignment.hpp.
    void (*certify)(std::size_t n_panels, const float* best, const float* second,
                    const std::int32_t* index, const float* norms, std::size_t norm_stride,
                    const Bands& bands, const float* drift, float* margins,
                    std::uint32_t* uncertain);
    // The rows of [0, n_rows) with margin <= drift[label]: which they are; returns how many.
    std::size_t (*open_rows)(std::size_t n_rows, const float* margins, const std::int32_t* labels,
                             const float* drift, std::size_t n_centers, std::uint32_t* open);

    // The rows of [0, n) whose label differs from is[]: which they are; returns how many.
    std::size_t (*find_moved)(std::size_t n, const std::int32_t* is, const std::int32_t* labels,
                              std::uint32_t* moved);
    // Moves these rows, counted from `first`, from the sums of their labels' centers (none where
    // the label is -1) to those of is[]'s, and the labels with them.
    void (*settle_f32)(const RowView<float>& rows, const float* weights, std::size_t first,
                       const std::uint32_t* moved, std::size_t count, const std::int32_t* is,
                       std::int32_t* labels, const SumsView& sums);
    void (*settle_f64)(const RowView<double>& rows, const double* weights, std::size_t first,
                       const std::uint32_t* moved, std::size_t count, const std::int32_t* is,
                       std::int32_t* labels, const SumsView& sums);
    // Of rows of up to 4 features: for each row of a panel the numbers of its cells, bit by bit in
    // turn; and the exact values of 32 listed rows as a panel of the view's type, with the smallest
    // and the largest of each feature.
    void (*cell_keys)(const float* panel, std::size_t n_features, const CellGrid& grid,
                      std::int32_t* keys);
    void (*exact_panel_f32)(const RowView<float>& rows, const std::uint32_t* list, float* panel,
                            double* low, double* high);
    void (*exact_panel_f64)(const RowView<double>& rows, const std::uint32_t* list, double* panel,
                            double* low, double* high);
    // For each listed center one bit a box: whether it may be nearest to anything in there, among
    // those listed. Up to 4 features.
    void (*possible_centers)(const Boxes& boxes, const double* centers, std::size_t padded,
                             const std::int32_t* list, std::size_t count, std::uint64_t* possible);
    // The nearest of the listed centers (in ascending order) of each row of a panel of such rows,
    // by canonical distance, the lowest on ties.
    void (*nearest_listed_f32)(const float* panel, std::size_t n_features, const double* centers,
                               std::size_t padded, const std::int32_t* list, std::size_t count,
                               std::int32_t* nearest);
    void (*nearest_listed_f64)(const double* panel, std::size_t n_features, const double* centers,
                               std::size_t padded, const std::int32_t* list, std::size_t count,
                               std::int32_t* nearest);
    // Bits of the rows of a panel whose label differs from is[].
    std::uint32_t (*differing)(const std::int32_t* is, const std::int32_t* labels);
    // As settle, for the rows of a panel whose bit is set; the other labels must be is[] already.
    void (*settle_panel_f32)(const float* panel, const float* weights, std::size_t n_features,
                             std::uint32_t moved, const std::int32_t* is, std::int32_t* labels,
                             const SumsView& sums);
    void (*settle_panel_f64)(const double* panel, const double* weights, std::size_t n_features,
                             std::uint32_t moved, const std::int32_t* is, std::int32_t* labels,
                             const SumsView& sums);
    // Canonical squared distances of rows first..first+n to the centers of their labels.
    void (*own_distances_f32)(const RowView<float>& rows, std::size_t first, std::size_t n,
                              const std::int32_t* labels, const double* centers, std::size_t padded,
                              double* distances);
    void (*own_distances_f64)(const RowView<double>& rows, std::size_t first, std::size_t n,
                              const std::int32_t* labels, const double* centers, std::size_t padded,
                              double* distances);
    // One row as float64, padded with zeros.
    void (*exact_row_f32)(const RowView<float>& rows, std::size_t row, double* out);
    void (*exact_row_f64)(const RowView<double>& rows, std::size_t row, double* out);

    // sums[c] += value * table[column * width + c] over the entries of a sparse row, entry by
    // entry; the values are those of the pointer that is not null. Never fused.
    void (*add_entries)(const float* values32, const double* values64, const std::int32_t* columns,
                        std::size_t n_entries, const double* table, std::size_t width,
                        double* sums);
    // The smallest and the second smallest score of a sparse row in float32, and the index of the
    // smallest. The table has the constants of all centers, then a row of coefficients for each
    // feature; its width is a multiple of 16.
    Nearest2Scores (*nearest_by_entries)(const float* values32, const double* values64,
                                         const std::int32_t* columns, std::size_t n_entries,
                                         const float* table, std::size_t width);
    // Adds up Euclidean distances between two sets of rows, accurate to about 1e-11 of each.
    void (*distance_sums)(const DistanceTile& tile);

    // Rounds rows [first, first + n), whose features are contiguous, to fixed point, and adds to
    // the statistics. `scratch` has room for 8 rows of n_features made a multiple of 16. Returns an
    // upper bound of |rounding error| / |row|; rows that float32 cannot hold get an infinite norm.
    float (*quantize_f32)(const RowView<float>& rows, std::size_t first, std::size_t n,
                          float* scratch, const PackStatistics<float>& statistics,
                          const FixedStore& to);
    float (*quantize_f64)(const RowView<double>& rows, std::size_t first, std::size_t n,
                          float* scratch, const PackStatistics<double>& statistics,
                          const FixedStore& to);
    // A panel of 32 listed rows in fixed point, word by word (panel[word * 32 + row]); a word holds
    // two features. Reads and writes n_words made a multiple of 16.
    void (*gather_pairs)(const std::int16_t* values, std::size_t stride, std::size_t n_words,
                         const std::uint32_t* listed, std::int32_t* panel);
    // For each row of such a panel, with the rows' factors and norms: the smallest and the second
    // smallest score's lower bound, and the index of the smallest (the lowest on ties).
    void (*top2_pairs)(const std::int32_t* panel, const float* factors, const float* norms,
                       const FixedCenters& centers, float* best, float* second,
                       std::int32_t* index);
};

extern const Kernels& baseline_kernels;
#if defined(KWISE_X86)
extern const Kernels& avx2_kernels;
extern const Kernels& avx512_kernels;
extern const Kernels& avx512vnni_kernels;
#endif

// The kernels of this process: the best that the machine has and KWISE_MAX_ISA allows
// ("baseline", "avx2", "avx512", "avx512vnni"), chosen once.
const Kernels& kernels();

// Name of the best instruction set that this machine has, whatever KWISE_MAX_ISA says.
const char* machine_isa();

}  // namespace kwise
