// A counting sort by center, and shares of the sorted rows for the threads.
#include "kwise/sparse/sparse_moves.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include "kwise/base/parallel.hpp"

namespace kwise {
namespace {

// Rough nanoseconds for each entry, only to judge whether threads pay.
constexpr double entry_cost = 3.0;

// Adds a value, or takes it off, part by part, as simd/update/exact_moves.inl does: signs are
// applied to parts that are rounded already, so that the same numbers are added and taken off.
inline void add_parts(double left, double sign, std::size_t n_parts, const double* magic,
                      double* to, std::size_t stride) {
    // Few values leave anything for the last part.
    for (std::size_t part = 0; part < n_parts && left != 0.0;
         ++part, magic += stride, to += stride) {
        const double rounded = (left + *magic) - *magic;
        *to += sign * rounded;
        left -= rounded;
    }
}

// Entries that are not stored are zeros and add nothing.
template <class T>
void add_row(const SparseView<T>& rows, std::size_t row, double weight, double sign,
             std::size_t center, const SumsView& sums) {
    sums.dirty[center] = 1;
    double* const block = sums.sums + center * sums.padded * sums.n_parts;
    for (std::int64_t e = rows.starts[row]; e < rows.starts[row + 1]; ++e) {
        const auto i = static_cast<std::size_t>(rows.columns[e]);
        add_parts(static_cast<double>(rows.values[e]) * weight, sign, sums.n_parts, sums.magic + i,
                  block + i, sums.padded);
    }
    add_parts(weight, sign, sums.n_parts, sums.mass_magic, sums.mass + center * sums.n_parts, 1);
}

}  // namespace

void SparseMoves::collect(const std::vector<const std::vector<SparseMove>*>& moves,
                          const std::int32_t* labels, std::size_t n_centers) {
    // Two places on, so that placing leaves each center's begin where it belongs.
    starts_.assign(n_centers + 2, 0);
    const auto for_all = [&](const auto& take) {
        for (const auto* some : moves) {
            for (const SparseMove& move : *some) {
                const auto row = static_cast<std::int64_t>(move.row);
                take(static_cast<std::size_t>(labels[move.row]), row);
                if (move.from >= 0) take(static_cast<std::size_t>(move.from), ~row);
            }
        }
    };
    for_all([&](std::size_t center, std::int64_t) { ++starts_[center + 2]; });
    std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
    rows_.resize(starts_.back());
    for_all([&](std::size_t center, std::int64_t row) { rows_[starts_[center + 1]++] = row; });
    starts_.pop_back();
}

// Where a share of the rows begins: between two centers, unless a center is large.
std::size_t SparseMoves::cut(std::size_t part, std::size_t n_parts) const {
    const std::size_t at = rows_.size() * part / n_parts, room = rows_.size() / n_parts / 4;
    const auto after = std::lower_bound(starts_.begin(), starts_.end(), at);
    if (*after - at <= room) return *after;
    const std::size_t before = *(after - 1);
    return at - before <= room ? before : at;
}

// A center whose rows began in an earlier share is added up apart, since that one adds to it.
template <class T>
void SparseMoves::apply(const SparseView<T>& rows, const T* weights, int n_threads,
                        ExactSums& sums) const {
    if (rows_.empty()) return;
    const double entries = static_cast<double>(rows.starts[rows.n_rows]) *
                           static_cast<double>(rows_.size()) / static_cast<double>(rows.n_rows);
    const int threads = useful_threads(entry_cost * entries, n_threads);
    const auto n_shares = static_cast<std::size_t>(std::max(1, threads));
    std::vector<std::optional<ExactSums>> apart(n_shares);
    std::vector<std::size_t> first_center(n_shares);
    parallel_for(n_shares, threads, [&](std::size_t share, int) {
        const std::size_t begin = cut(share, n_shares), end = cut(share + 1, n_shares);
        std::size_t center = static_cast<std::size_t>(
            std::upper_bound(starts_.begin(), starts_.end(), begin) - starts_.begin() - 1);
        if (begin < end && starts_[center] < begin) {
            first_center[share] = center;
            apart[share].emplace(sums.empty_copy(1));
        }
        for (std::size_t at = begin; at < end; ++at) {
            while (starts_[center + 1] <= at) ++center;
            const bool joins = rows_[at] >= 0;
            const auto row = static_cast<std::size_t>(joins ? rows_[at] : ~rows_[at]);
            const bool is_apart = apart[share] && center == first_center[share];
            add_row(rows, row, weights == nullptr ? 1.0 : static_cast<double>(weights[row]),
                    joins ? 1.0 : -1.0, is_apart ? 0 : center,
                    is_apart ? apart[share]->view() : sums.view());
        }
    });
    for (std::size_t share = 0; share < n_shares; ++share) {
        if (apart[share]) sums.absorb_one(*apart[share], first_center[share]);
    }
}

template void SparseMoves::apply(const SparseView<float>&, const float*, int, ExactSums&) const;
template void SparseMoves::apply(const SparseView<double>&, const double*, int, ExactSums&) const;

}  // namespace kwise
