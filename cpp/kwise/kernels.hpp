// The kernels that are compiled once per instruction set, and the table that holds them.
//
// Layout shared by all of them: rows are held in panels of 32, feature by feature
// (panel[i * 32 + row]), so that one vector holds the same feature of neighboring rows. The last
// feature of a panel is an upper bound of each row's norm; see certificate.hpp for its use.
#pragma once

#include <cstddef>
#include <cstdint>

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

// Two sets of rows in float64 panels (n_features + 1 features, the last being |x|^2) for sums of
// distances. `present` is 1 for rows and 0 for padding. `first` is a multiple of 8.
struct DistanceTile {
    const double* panels;
    std::size_t n_panels;
    const double* present;         // n_panels * 32
    const double* others;          // panels
    const double* others_present;  // by row of `others`
    std::size_t first, count;      // rows of `others`
    std::size_t n_features;
    double* sums;        // n_panels * 32: for each row the distances to `others` are added
    double* other_sums;  // by row of `others`: the distances to `panels` are added; or null
};

struct Kernels {
    const char* name;
    std::size_t group_limit;  // centers per group that fit the registers

    // For every row of the panels: the smallest and the second smallest of
    // constant[c] + sum over features of panel * coefficient[c], and the index of the smallest
    // (the lowest on ties).
    void (*top2_f32)(const float* panels, std::size_t n_panels, std::size_t panel_stride,
                     std::size_t n_features, const PackedCenters<float>& centers, float* best,
                     float* second, std::int32_t* index);
    void (*top2_f64)(const double* panels, std::size_t n_panels, std::size_t panel_stride,
                     std::size_t n_features, const PackedCenters<double>& centers, double* best,
                     double* second, std::int32_t* index);

    // One bit per row of one panel and per center of one group: score < threshold[row].
    void (*below_f32)(const float* panel, std::size_t n_features, const float* group,
                      std::size_t group_size, const float* threshold, std::uint32_t* bits);

    // Canonical squared distances of the 32 rows of one panel of float64 features to one center.
    void (*canonical_panel)(const double* panel, std::size_t n_features, const double* center,
                            double* distances);
    // The same number for one row and one center, both padded with zeros to a multiple of 8.
    double (*canonical_row)(const double* row, const double* center, std::size_t padded);
    // Nearest center of one row by canonical distance, the lowest index on ties.
    std::int32_t (*canonical_nearest)(const double* row, const double* centers,
                                      std::size_t n_centers, std::size_t padded, double* distance);

    // Per row of one panel: whether the smallest score is certainly the row's (see
    // certificate.hpp), as a bit mask of the uncertain rows; and the row's margin, a lower bound
    // of (distance to any other center) - (distance to its own), for the bounds.
    std::uint32_t (*certify_f32)(const float* best, const float* second, const std::int32_t* index,
                                 const float* norms, const float* band_constant,
                                 const float* band_slope, float norm_error, float* margin);
    // Bits of the rows of one panel with margin <= threshold[label].
    std::uint32_t (*margin_bits)(const float* margin, const std::int32_t* labels,
                                 const float* threshold);
    // sums[0..2] += sign * the parts of row (weighted), split at the units of `magic`; exact.
    void (*add_exact)(double* sums, const double* row, const double* magic, std::size_t padded,
                      double weight, double sign);
    // Adds up Euclidean distances between two sets of rows, accurate to about 1e-11 of each.
    void (*distance_sums)(const DistanceTile& tile);
};

extern const Kernels& baseline_kernels;
#if defined(KWISE_X86)
extern const Kernels& avx2_kernels;
extern const Kernels& avx512_kernels;
#endif

// The kernels of this process: the best that the machine has and KWISE_MAX_ISA allows
// ("baseline", "avx2", "avx512"), chosen once.
const Kernels& kernels();

// Name of the best instruction set that this machine has, whatever KWISE_MAX_ISA says.
const char* machine_isa();

}  // namespace kwise
