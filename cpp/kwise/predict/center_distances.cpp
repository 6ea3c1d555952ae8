// Expansions block by block, and a second look at what they may have spoiled.
// docs/decisions/distances.md has what was measured.
#include "kwise/predict/center_distances.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

#include "kwise/base/buffer.hpp"
#include "kwise/base/parallel.hpp"
#include "kwise/dispatch/policy.hpp"

namespace kwise {
namespace {

// Rough nanoseconds of work for a distance and one feature of it: only to judge whether threads
// pay.
constexpr double distance_cost = 0.4;
constexpr double product_cost = 0.05;

// Only for a choice, so in any order.
double squared_norm(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double value : values) sum += value * value;
    return sum;
}

// Share of |x|^2 + |c|^2 by which a square may be off: g of the header.
double expansion_error(std::size_t n_features, bool exact_products) {
    const double d = static_cast<double>(n_features);
    const double terms = exact_products ? 1.2 * d + 20.0 : d / 32.0 + d / 8.0 + 60.0;
    return terms * 0x1p-53;
}

// What all rows share: the centers as kernels read them, what is subtracted from rows and centers,
// and when an expansion is not to be trusted. Depends on the centers alone, so that a row has the
// same distances whatever rows it comes with.
class Expansion {
  public:
    // `single`: float32 answers.
    Expansion(const ExactCenters& centers, std::size_t n_features, bool single)
        : n_features_(n_features), offset_(centers.padded, 0.0) {
        const std::size_t k = centers.n_centers;
        for (std::size_t c = 0; c < k; ++c) {
            for (std::size_t i = 0; i < n_features; ++i) offset_[i] += centers.row(c)[i];
        }
        // The mean of the centers is where most rows lie about.
        for (double& mean : offset_) mean /= static_cast<double>(k);
        // About the origin float32 values have exact products, which may be fused; moved by an
        // offset they have more digits. So rows are moved only where the origin is far; float64
        // values, whose products are inexact anyway, always.
        limits_.exact_products = single && !is_far(centers);
        if (limits_.exact_products || direct_distances_pay(n_features)) offset_.clear();
        // A square is right to the tolerance where it is at least error / tolerance of what was
        // added up.
        limits_.share = expansion_error(n_features, limits_.exact_products) /
                        (single ? float_tolerance : double_tolerance);
        // Smaller and larger squares are left to the canonical distance.
        limits_.least = single ? 0x1p-100 : 0x1p-900;
        largest_ = single ? 0x1p120 : 0x1p1000;
        pack(centers);
    }
    CenterOctets octets() const {
        return {values_.data(), squares_.data(), n_centers_, n_features_};
    }
    const ExpansionLimits& limits() const { return limits_; }
    // Makes a squared norm infinite that may be too large: its distances are doubtful. The same for
    // what is no number.
    void limit(double& square) const {
        if (!(square < largest_)) square = std::numeric_limits<double>::infinity();
    }
    // Subtracted from rows and centers; null: nothing is.
    const double* offset() const { return offset_.empty() ? nullptr : offset_.data(); }

  private:
    // Whether the origin is too far away for expansion about it: so far that rows of a cluster of
    // usual spread would often be doubtful.
    bool is_far(const ExactCenters& centers) const {
        constexpr double often = 0.125;
        double spread = 0.0;
        for (std::size_t c = 0; c < centers.n_centers; ++c) {
            for (std::size_t i = 0; i < n_features_; ++i) {
                const double difference = centers.row(c)[i] - offset_[i];
                spread += difference * difference;
            }
        }
        // The centers' variance stands for how far rows lie from other centers.
        spread /= static_cast<double>(centers.n_centers);
        const double share = expansion_error(n_features_, true) / float_tolerance;
        return share * 2.0 * squared_norm(offset_) > often * spread;
    }

    // Side by side in octets, and octets in batches as for_batches of the kernel cuts them. Padding
    // centers are zeros with square 1: certain, so that they cost nothing.
    void pack(const ExactCenters& centers) {
        const std::size_t n_octets = (centers.n_centers + 7) / 8, most = kernels().tile_octets;
        const std::size_t n_batches = (n_octets + most - 1) / most;
        n_centers_ = centers.n_centers;
        values_ = Buffer<double>(n_octets * 8 * n_features_);
        squares_ = Buffer<double>(n_octets * 8);
        std::fill(values_.data(), values_.data() + values_.size(), 0.0);
        std::fill(squares_.data(), squares_.data() + squares_.size(), 1.0);
        // The norm's square is the canonical distance from the origin.
        std::vector<double> moved(centers.padded, 0.0), origin(centers.padded, 0.0);
        double* batch = values_.data();
        for (std::size_t g = 0; g < n_batches; ++g) {
            const std::size_t begin = g * n_octets / n_batches * 8;
            const std::size_t end = (g + 1) * n_octets / n_batches * 8, width = end - begin;
            for (std::size_t c = begin; c < std::min(end, n_centers_); ++c) {
                for (std::size_t i = 0; i < n_features_; ++i) {
                    moved[i] = centers.row(c)[i] - (offset_.empty() ? 0.0 : offset_[i]);
                    batch[i * width + c - begin] = moved[i];
                }
                // Added up as rows' squares are.
                squares_[c] = kernels().canonical_row(moved.data(), origin.data(), centers.padded);
                limit(squares_[c]);
            }
            batch += width * n_features_;
        }
    }

    std::size_t n_centers_ = 0, n_features_;
    std::vector<double> offset_;
    Buffer<double> values_, squares_;
    ExpansionLimits limits_{};
    double largest_ = 0.0;  // squared norm
};

// Some rows in float64; one a thread. As many as a near cache holds beside the centers: few centers
// are read for each block from the first level, many from the second.
struct Block {
    // A multiple of 8 rows: kernels read whole tiles.
    Block(std::size_t padded, std::size_t n_centers)
        : size(std::clamp<std::size_t>((n_centers <= 24 ? 4096 : 16384) / padded, 8, 64) / 8 * 8),
          values(size * padded),
          squares(size),
          row(padded),
          doubtful(size * ((n_centers + 7) / 8)) {
        // Kernels read whole tiles.
        std::fill(values.data(), values.data() + values.size(), 0.0);
    }
    std::size_t size;
    Buffer<double> values, squares, row;
    Buffer<std::uint8_t> doubtful;
};

// The distances that expansion cannot tell: by definition, from differences. A row is read again at
// most once, and most blocks have none.
template <class T>
void repair(const RowView<T>& rows, const ExactCenters& centers, std::size_t first,
            std::size_t count, Block& block, T* out) {
    const std::size_t k = centers.n_centers, n_octets = (k + 7) / 8;
    // One look at all bits: mostly nothing is doubtful.
    std::uint8_t any = 0;
    for (std::size_t e = 0; e < count * n_octets; ++e) any |= block.doubtful[e];
    for (std::size_t r = 0; r < count && any != 0; ++r) {
        bool is_read = false;
        for (std::size_t o = 0; o < n_octets; ++o) {
            for (unsigned bits = block.doubtful[r * n_octets + o]; bits != 0; bits &= bits - 1) {
                if (!is_read) exact_row(rows, first + r, block.row.data());
                is_read = true;
                const std::size_t c = o * 8 + static_cast<std::size_t>(__builtin_ctz(bits));
                const double square =
                    kernels().canonical_row(block.row.data(), centers.row(c), centers.padded);
                out[r * k + c] = static_cast<T>(std::sqrt(square));
            }
        }
    }
}

// Whether all values are finite: zero times any other is not 0. In lanes, without a branch.
template <class T>
bool all_finite(const T* values, std::size_t n) {
    T lane[8] = {};
    std::size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        for (std::size_t l = 0; l < 8; ++l) lane[l] += values[i + l] * T(0);
    }
    for (; i < n; ++i) lane[0] += values[i] * T(0);
    return ((lane[0] + lane[1]) + (lane[2] + lane[3])) +
               ((lane[4] + lane[5]) + (lane[6] + lane[7])) ==
           T(0);
}

// Distances of the rows of one chunk; false where a row's norm is not finite. Rows go block by
// block through float64, so that the caller's array is read once, in order.
template <class T>
bool expand_chunk(const RowView<T>& rows, const ExactCenters& centers, const Expansion& expansion,
                  std::size_t begin, std::size_t end, T* out) {
    const std::size_t k = centers.n_centers, padded = centers.padded;
    // One a chunk, so that threads need not share.
    Block block(padded, k);
    bool finite = true;
    for (std::size_t first = begin; first < end; first += block.size) {
        const std::size_t count = std::min(block.size, end - first);
        kernels().pack<T>().exact_rows(rows, first, count, padded, expansion.offset(),
                                       block.values.data(), block.squares.data());
        for (std::size_t r = 0; r < count; ++r) {
            finite = finite && std::isfinite(block.squares[r]);
            // After the test: a norm may be finite and yet too large for its expansion.
            expansion.limit(block.squares[r]);
        }
        T* const to = out + (first - begin) * k;
        // May be past the end: it is only fetched.
        const T* const next =
            rows.data + static_cast<std::ptrdiff_t>(first + count) * rows.row_stride;
        kernels().distance<T>().expanded(
            {block.values.data(), block.squares.data(), count, padded,
             reinterpret_cast<const char*>(next), rows.n_features * sizeof(T)},
            expansion.octets(), expansion.limits(), to, block.doubtful.data());
        repair(rows, centers, first, count, block, to);
    }
    return finite;
}

// Distances of the rows [begin, end), whichever way is theirs; false where they may not be finite.
template <class T>
bool chunk_distances(const RowView<T>& rows, const ExactCenters& centers,
                     const Expansion& expansion, std::size_t begin, std::size_t end, T* out) {
    if (!direct_distances_pay(rows.n_features)) {
        return expand_chunk(rows, centers, expansion, begin, end, out);
    }
    // Direct distances check values as they read them, and their results: differences may overflow
    // where values do not.
    return kernels().distance<T>().short_rows(rows, begin, end - begin, expansion.octets(), out) &&
           all_finite(out, (end - begin) * centers.n_centers);
}

// The least of a row's distances, and the lowest center that has it. No branch: there is no
// telling.
template <class T>
std::pair<T, std::int32_t> least_of(const T* distances, std::size_t n_centers) {
    T least = std::numeric_limits<T>::infinity();
    std::int32_t which = 0;
    for (std::size_t c = 0; c < n_centers; ++c) {
        const bool less = distances[c] < least;
        least = less ? distances[c] : least;
        which = less ? static_cast<std::int32_t>(c) : which;
    }
    return {least, which};
}

// Rough nanoseconds of all distances.
double work_of(std::size_t n_rows, std::size_t n_features, std::size_t n_centers) {
    return (distance_cost + product_cost * static_cast<double>(n_features)) *
           static_cast<double>(n_rows * n_centers);
}

}  // namespace

// Chunks are independent: the order of threads shows nowhere.
template <class T>
bool distances(const RowView<T>& rows, const ExactCenters& centers, int n_threads, T* out) {
    const std::size_t d = rows.n_features, k = centers.n_centers;
    const Expansion expansion(centers, d, sizeof(T) == sizeof(float));
    const std::size_t n_chunks = (rows.n_rows + chunk_rows - 1) / chunk_rows;
    const int threads = useful_threads(work_of(rows.n_rows, d, k), n_threads);
    std::atomic<bool> finite{true};
    parallel_for(n_chunks, threads, [&](std::size_t chunk, int) {
        const std::size_t first = chunk * chunk_rows;
        const std::size_t end = std::min(rows.n_rows, first + chunk_rows);
        if (!chunk_distances(rows, centers, expansion, first, end, out + first * k)) {
            finite.store(false, std::memory_order_relaxed);
        }
    });
    return finite.load() && centers.are_finite();
}

// Distances are written where a near cache holds them, and read there.
template <class T>
bool own_and_next(const RowView<T>& rows, const ExactCenters& centers, const std::int32_t* labels,
                  int n_threads, T* own, T* next, std::int32_t* which) {
    const std::size_t d = rows.n_features, k = centers.n_centers;
    const Expansion expansion(centers, d, sizeof(T) == sizeof(float));
    const std::size_t n_chunks = (rows.n_rows + chunk_rows - 1) / chunk_rows;
    const std::size_t step = std::clamp<std::size_t>(4096 / k / 64 * 64, 64, chunk_rows);
    const int threads = useful_threads(work_of(rows.n_rows, d, k), n_threads);
    std::atomic<bool> finite{true};
    parallel_for(n_chunks, threads, [&](std::size_t chunk, int) {
        const std::size_t end = std::min(rows.n_rows, (chunk + 1) * chunk_rows);
        std::vector<T> held(step * k);
        for (std::size_t first = chunk * chunk_rows; first < end; first += step) {
            const std::size_t last = std::min(end, first + step);
            if (!chunk_distances(rows, centers, expansion, first, last, held.data())) {
                finite.store(false, std::memory_order_relaxed);
            }
            for (std::size_t r = first; r < last; ++r) {
                T* const found = held.data() + (r - first) * k;
                const auto label = static_cast<std::size_t>(labels[r]);
                own[r] = found[label];
                found[label] = std::numeric_limits<T>::infinity();
                std::tie(next[r], which[r]) = least_of(found, k);
            }
        }
    });
    return finite.load();
}

template bool distances(const RowView<float>&, const ExactCenters&, int, float*);
template bool distances(const RowView<double>&, const ExactCenters&, int, double*);
template bool own_and_next(const RowView<float>&, const ExactCenters&, const std::int32_t*, int,
                           float*, float*, std::int32_t*);
template bool own_and_next(const RowView<double>&, const ExactCenters&, const std::int32_t*, int,
                           double*, double*, std::int32_t*);

}  // namespace kwise
