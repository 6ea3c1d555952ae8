// Seeding: the distance of every row to the nearest seed so far, canonical and rounded to T, and
// sums of these in a fixed order: what greedy k-means++ draws by. Called by seeding/.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "kwise/data/dense_points.hpp"

namespace kwise {

// Rows of one chunk (of the filter's order), in the memory of a thread. `places` has a panel more
// than a chunk has rows, which list_places may write.
struct ListedRows {
    Buffer<std::uint32_t> places{chunk_rows + panel_rows};
    Buffer<std::uint32_t> buffer{chunk_rows};
    Buffer<double> distances{chunk_rows};
    const std::uint32_t* rows = nullptr;  // those at the places
    std::size_t count = 0, n_looked_at = 0;

    // Every place of a chunk, where as many rows are in their own.
    void all(std::size_t chunk, std::size_t n_rows) {
        const std::size_t first = chunk * chunk_rows;
        count = std::min(chunk_rows, n_rows - first);
        for (std::size_t j = 0; j < count; ++j) {
            places[j] = static_cast<std::uint32_t>(first + j);
        }
        rows = places.data();
    }
    // Rows at the listed places; the places themselves without an order.
    void look_up(const std::uint32_t* order) {
        rows = places.data();
        if (order == nullptr) return;
        for (std::size_t j = 0; j < count; ++j) buffer[j] = order[places[j]];
        rows = buffer.data();
    }
};

// Several threads may work on different chunks of the filter's order at once. In that order rows of
// one panel of the data's may lie in several chunks: their distances have one writer each, and the
// panel's mark is written atomically; sums are made when all are done.
template <class T>
class SeedDistances {
  public:
    // `labels` may be null.
    SeedDistances(const DensePoints<T>& points, std::int32_t* labels)
        : points_(points),
          labels_(labels),
          nearest_(points.n_panels() * panel_rows),
          stale_(points.n_chunks() * chunk_panels),
          panel_sums_(points.n_panels()),
          chunk_sums_(points.n_chunks()),
          tried_sums_(points.n_chunks()),
          before_(points.n_chunks()) {
        std::fill(nearest_.data(), nearest_.data() + points.n_rows(),
                  std::numeric_limits<T>::infinity());
        std::fill(nearest_.data() + points.n_rows(), nearest_.data() + nearest_.size(), T(0));
        std::fill(stale_.data(), stale_.data() + stale_.size(), std::uint8_t{0});
    }

    const T* distances() const { return nearest_.data(); }
    const double* panel_sums() const { return panel_sums_.data(); }

    // The listed rows' distances to a center that becomes a seed: they fall where it is nearer,
    // and only these rows stay listed.
    void lower(ListedRows& listed, const double* center, std::size_t seed) {
        measure(listed, center);
        keep_nearer(listed, labels_, seed);
    }
    // The same until set_back(chunk).
    void try_out(std::size_t chunk, ListedRows& listed, const double* center);
    void set_back(std::size_t chunk);

    // Adds up the distances of a chunk of rows in the data's order; sums are kept unless they are
    // tried out.
    void add_up(std::size_t chunk, bool tried = false);
    const std::vector<double>& chunk_sums(bool tried = false) const {
        return tried ? tried_sums_ : chunk_sums_;
    }
    // Over the chunks in order.
    double potential(bool tried = false) const {
        double sum = 0.0;
        for (const double part : chunk_sums(tried)) sum += part;
        return sum;
    }

  private:
    // A distance that a trial has lowered, as it was.
    struct Before {
        std::uint32_t row;
        T distance;
    };
    void measure(ListedRows& listed, const double* center) const;
    void keep_nearer(ListedRows& listed, std::int32_t* labels, std::size_t seed);
    void add_up_panels(std::size_t first, const std::uint8_t* stale, std::size_t n_panels,
                       double* sums) const;

    const DensePoints<T>& points_;
    std::int32_t* labels_;
    Buffer<T> nearest_;
    Buffer<std::uint8_t> stale_;  // by panel: whether its sum is
    Buffer<double> panel_sums_;
    std::vector<double> chunk_sums_, tried_sums_;
    std::vector<std::vector<Before>> before_;  // by chunk, while something is tried out
};

}  // namespace kwise
