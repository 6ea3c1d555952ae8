// The kernels that are compiled once per instruction set, and the table that holds them.
//
// Layout shared by all of them: rows are held in panels of 32, feature by feature
// (panel[i * 32 + row]), so that one vector holds the same feature of neighboring rows. The last
// feature of a panel is an upper bound of each row's norm; see certificate.hpp for its use.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kwise/filter_limits.hpp"
#include "kwise/fixed_kernels.hpp"
#include "kwise/row_view.hpp"

namespace kwise {

constexpr std::size_t panel_rows = 32;

// Centers packed for the filter: groups of up to `group_limit` centers, each group stored as its
// constants followed by one row of coefficients per feature.
template <class T>
struct PackedCenters {
    const T* values;
    const std::uint8_t* group_sizes;
    std::size_t n_groups;
};

// Centers for the filter one after the other, `stride` apart: the coefficients of each are aligned,
// between its constant and that of the norm, and zeros follow.
struct RowCenters {
    const float* coefficients;
    std::size_t stride, n_centers;
};
// An odd number of lines: neighbors never share all the places in a cache that they may take.
constexpr std::size_t row_centers_stride(std::size_t n_features) {
    return 16 + (n_features + 1 + 31) / 32 * 32;
}
// Room for rows that are streamed together.
constexpr std::size_t streamed_room(std::size_t n_features) {
    return 4 * row_centers_stride(n_features);
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

// Up to `trial_group` trials in whole numbers: for each pair of features one word (two 16-bit
// numbers) a trial, and minus half of each trial's square.
constexpr std::size_t trial_group = 8;
struct WholeTrials {
    const std::int32_t* words;
    const std::int32_t* constants;
    std::size_t count;
};

// Centers in whole numbers, in groups: for each pair of features one word a center of the group,
// negative; half of each center's square. See whole_filter.hpp.
struct WholeCenters {
    const std::int32_t* words;
    const std::int32_t* constants;
    const std::uint8_t* group_sizes;
    std::size_t n_groups;
    std::int32_t label_bits;  // the last bits of a score, which hold the center's number
    float error, gap;         // of a square; what a margin must exceed
    float to_frame;           // from whole units to the frame's, rounded down
};

// A chunk's panels in whole numbers: the limit and weight (null: ones) of each row, and by how much
// a score of each panel may be too large.
struct WholePanels {
    const std::int32_t* words;
    std::size_t n_pairs;
    const std::int32_t* limits;
    const float *weights, *excess;
};

// The rows that a trial might bring nearer, bits[p * stride + t] for panel p, and for each trial
// the panels that have any: the words of others mean nothing.
struct TrialMarks {
    std::uint32_t* bits;
    std::size_t stride;
    std::uint64_t* panels;
};

// By place: the limits and halves of squares; by panel: the largest squared distance of a row, and
// by how much scores may be too large: found anew where `few` rows or more change. In whole
// numbers, `scale` to a squared unit of the data.
struct WholeLimits {
    std::int32_t* limits;
    const std::int32_t* half_squares;
    float *reach, *excess;
    float scale, rho;
    std::size_t few;
};

// By row: the distance to its nearest seed, and which that is (null: nobody asks); by panel:
// whether a distance fell. The next seed is number `seed`.
template <class T>
struct NearestView {
    T* distances;
    std::int32_t* labels;
    std::uint8_t* stale;
    std::int32_t seed;
};

// 64 boxes around rows, feature by feature (`stride` apart), and the squared distance within which
// a trial may matter to the rows of each.
struct BoxesView {
    const float *lowest, *highest, *reach;
    std::size_t stride, n_features;
};

// A grid of 2^(16 / d) cells for each of d <= 4 features: where it begins, and cells a unit.
struct CellGrid {
    float low[4], per_cell[4];
};

// 64 boxes, feature by feature (`stride` apart): their middles and half their widths.
constexpr std::size_t box_group = 64;
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
// Centers side by side in octets: groups of up to `tile_octets` octets, nearly equal in size, each
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
    // The nearest centers of a panel of rows in whole numbers: labels, one bit a row whose label is
    // not certain, and margins (null: none) with the drift, see bounds.hpp.
    void (*nearest_whole)(const std::int32_t* panel, std::size_t n_pairs,
                          const std::int32_t* half_squares, const WholeCenters& centers,
                          const float* drift, std::int32_t* labels, float* margins,
                          std::uint32_t* uncertain);
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
    // places in ascending order, and what is kept of their panels. See whole_gains.cpp.
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
    // see distances.hpp.
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

    // As top2_f32 for up to 32 rows whose features lie side by side, less the view's shift, and one
    // group of centers, whose width is a multiple of side_step and at most side_limit. Sets bounds
    // of the norms. `loaded` has room for 8 rows of `stride` values: a multiple of 16, above
    // n_features.
    std::size_t side_step, side_limit;
    void (*top2_rows_f32)(const RowView<float>& rows, std::size_t first, std::size_t count,
                          const PackedCenters<float>& centers, std::size_t n_centers,
                          std::size_t stride, float* loaded, float* norms, const Top2Target& to);
    void (*top2_rows_f64)(const RowView<double>& rows, std::size_t first, std::size_t count,
                          const PackedCenters<float>& centers, std::size_t n_centers,
                          std::size_t stride, float* loaded, float* norms, const Top2Target& to);
    // As top2_f32 for up to 32 such rows, neighbors or listed ones (counted from `first`; null:
    // none are), and up to streamed_limit centers. Rows that follow, up to n_known in all, are
    // fetched meanwhile. Sets bounds of the norms. `kept` has streamed_room().
    std::size_t streamed_limit;
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
    // certainly the row's; see certificate.hpp. norms: those of the panels, `norm_stride` apart.
    // Where margins is not null it receives (margin + drift[label]), rounded down: see
    // assignment.hpp.
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
    // The filter itself; of wide rows where the machine multiplies tiles, else null.
    FixedKernels fixed_pairs;
    const FixedKernels* fixed_tiles;
};

extern const Kernels& baseline_kernels;
#if defined(KWISE_X86)
extern const Kernels& avx2_kernels;
extern const Kernels& avx512_kernels;
extern const Kernels& avx512vnni_kernels;
#endif

// The kernels of this process: the best that the machine has and KWISE_MAX_ISA allows
// ("baseline", "avx2", "avx512", "avx512vnni", "amx"), chosen once.
const Kernels& kernels();

// Name of the best instruction set that this machine has, whatever KWISE_MAX_ISA says.
const char* machine_isa();

}  // namespace kwise
