// What the bindings ask of arguments before any memory is touched: widths, lengths and indices. The
// Python callers check what users pass and say it better; nothing here trusts them, so that no call
// of _native can read or write beyond an array. Whether values are finite is not asked: that costs
// a pass, and the engine says where it finds out.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

#include "bindings/arrays.hpp"

// Rows, centers and columns are counted in 32 bits with a sign.
// Indices into rows are int32 or uint32 in the engine.
constexpr std::size_t most_of_any = (std::size_t{1} << 31) - 1;
constexpr int most_threads = 4096;

// Becomes a ValueError. Asked of every entry of an array, too, so that words which must be put
// together are given as a function: they are made where something is wrong alone.
inline void require(bool holds, const char* words) {
    if (!holds) throw nb::value_error(words);
}
template <class Words>
    requires std::is_invocable_v<Words>
void require(bool holds, const Words& words) {
    if (!holds) throw nb::value_error(words().c_str());
}

inline void check_threads(int n_threads) {
    require(n_threads >= 1 && n_threads <= most_threads, "n_threads is 1 to 4096");
}

inline void check_count(std::size_t count, std::size_t least, const char* what) {
    require(count >= least && count <= most_of_any, [&] {
        return std::string("the number of ") + what + " is " + std::to_string(least) +
               " to 2^31 - 1, found " + std::to_string(count);
    });
}

// Lengths that must agree: `wanted` follows from other arguments.
inline void check_length(std::size_t found, std::size_t wanted, const char* what) {
    require(found == wanted, [&] {
        return std::string(what) + " has " + std::to_string(found) + " entries where " +
               std::to_string(wanted) + " are needed";
    });
}

// Any number of rows but too many, of at least one column.
template <class T>
void check_shape(const Matrix<T>& X, std::size_t least_rows) {
    check_count(X.shape(0), least_rows, "rows");
    check_count(X.shape(1), 1, "columns");
}

// Any centers: their values are not looked at.
inline void check_centers(std::size_t n_centers, std::size_t width, std::size_t n_features) {
    check_count(n_centers, 1, "centers");
    require(width == n_features, [&] {
        return "centers of " + std::to_string(width) + " columns beside rows of " +
               std::to_string(n_features);
    });
}

template <class T>
void check_weights(const std::optional<Column<T>>& weights, std::size_t n_rows) {
    if (weights) check_length(weights->shape(0), n_rows, "sample_weight");
}

// Every entry is an index below `end`; the first one that is not is told.
template <class I>
void check_indices(const I* entries, std::size_t n, std::size_t end, const char* what) {
    for (std::size_t i = 0; i < n; ++i) {
        require(entries[i] >= 0 && static_cast<std::size_t>(entries[i]) < end, [&] {
            return std::string(what) + "[" + std::to_string(i) + "] is " +
                   std::to_string(entries[i]) + "; it is 0 to " + std::to_string(end) + " - 1";
        });
    }
}

inline void check_row_labels(const Column<std::int32_t>& labels, std::size_t n_rows,
                             std::size_t n_centers) {
    check_length(labels.shape(0), n_rows, "labels");
    check_indices(labels.data(), n_rows, n_centers, "labels");
}

// Every index below `end` is among the entries, which are checked already. Silhouettes need it: a
// cluster without rows has no panel.
inline void check_all_present(const Column<std::int32_t>& entries, std::size_t end) {
    std::vector<bool> seen(end);
    std::size_t n_seen = 0;
    for (std::size_t i = 0; i < entries.shape(0); ++i) {
        const auto entry = static_cast<std::size_t>(entries(i));
        n_seen += !seen[entry];
        seen[entry] = true;
    }
    require(n_seen == end, "some code below n_clusters is no row's");
}

// The index arrays of compressed rows: each row begins where the one before ends, and no index
// leaves the arrays. Values may be more than are used, as scipy allows.
inline void check_compressed(std::size_t n_values, const Column<std::int32_t>& columns,
                             const Column<std::int64_t>& starts, std::size_t n_features) {
    require(starts.shape(0) >= 2, "starts needs one entry more than there are rows");
    check_count(starts.shape(0) - 1, 1, "rows");
    check_count(n_features, 1, "columns");
    check_length(columns.shape(0), n_values, "columns");
    require(starts(0) == 0, "starts begins with 0");
    for (std::size_t r = 1; r < starts.shape(0); ++r) {
        require(starts(r) >= starts(r - 1),
                [&] { return "starts falls at row " + std::to_string(r - 1); });
    }
    require(static_cast<std::size_t>(starts(starts.shape(0) - 1)) <= n_values,
            "starts ends beyond the stored values");
    check_indices(columns.data(), static_cast<std::size_t>(starts(starts.shape(0) - 1)), n_features,
                  "columns");
}

// Draws as kmeans_plusplus reads them; see seeding/kmeans_plusplus.hpp. First how many, then which.
inline void check_n_draws(std::size_t n_draws, std::size_t n_clusters, std::size_t n_trials,
                          std::size_t n_rows) {
    check_count(n_trials, 1, "trials");
    require(n_clusters >= 1 && n_clusters <= n_rows, "n_clusters is 1 to the number of rows");
    require(n_draws == 1 + (n_clusters - 1) * n_trials,
            "one uniform for the first seed and n_trials for each other");
}

inline void check_uniforms(const double* uniforms, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
        require(uniforms[i] >= 0.0 && uniforms[i] < 1.0, "uniforms are in [0, 1)");
    }
}

inline void check_draws(const Column<double>& uniforms, std::size_t n_clusters,
                        std::size_t n_trials, std::size_t n_rows) {
    check_n_draws(uniforms.shape(0), n_clusters, n_trials, n_rows);
    check_uniforms(uniforms.data(), uniforms.shape(0));
}
