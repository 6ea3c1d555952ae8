// Seeding: filters of greedy k-means++: by how much each trial would lower the potential, as
// certain bounds, and which rows it might bring nearer, without exact distances. Called by
// seeding/.
//
// Three kinds: Float32TrialFilter reads the float32 panels; Int16TrialFilter reads rows in int16,
// which is several times faster but tells less where distances are small beside the data's extent;
// TriangleTrialFilter measures the rows that the triangle inequality leaves, which are few where
// some lie very far out. What none can tell is decided by exact distances, so the choice never
// changes an answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kwise/data/dense_points.hpp"
#include "kwise/filters/certified_filter.hpp"
#include "kwise/seeding/seed_distances.hpp"

namespace kwise {

// Certain bounds of a fall of the potential: within `error` of `amount`, in squared data units.
struct Reduction {
    double amount = 0.0, error = 0.0;
};

// One filter serves one seeding. prepare and lower change it, score does not: chunks are scored by
// several threads at once, and lowered by several, each its own.
template <class T>
class TrialFilter {
  public:
    virtual ~TrialFilter() = default;
    // The row at each place, where the filter keeps an order of its own; else null.
    virtual const std::uint32_t* order() const { return nullptr; }
    // A row, as float64, has become a seed: lower() tells which rows are nearest to it.
    virtual void take_seed(const double* exact) { (void)exact; }
    // Sets the trials: `exact` are the rows as float64, and stay until the next ones.
    // One trial a row; the order of trials is that of the reductions.
    virtual void prepare(const std::vector<std::size_t>& rows, const ExactCenters& exact) = 0;
    // For the places of one chunk: adds to each trial's reduction, and to the candidates the rows
    // that it might bring nearer; no panel is a candidate before.
    virtual void score(std::size_t chunk, const CandidateMasks& candidates,
                       Reduction* reductions) const = 0;
    // Takes over the distances of the rows at the listed places, which ascend.
    virtual void lower(const ListedRows& listed) = 0;
    // Panels that the last score() read for a trial, per panel and trial: 1 without pruning.
    virtual double share_read() const { return 1.0; }
    // Whether scores have cost more than another filter's would.
    virtual bool fails() const { return false; }
};

template <class T>
std::unique_ptr<TrialFilter<T>> make_float32_trial_filter(const DensePoints<T>& points);

// `distances`: of all rows to the nearest seed, as they are now and become.
template <class T>
std::unique_ptr<TrialFilter<T>> make_triangle_trial_filter(const DensePoints<T>& points,
                                                           const T* distances);

// Null where int16 cannot hold the rows.
template <class T>
std::unique_ptr<TrialFilter<T>> make_int16_trial_filter(const DensePoints<T>& points,
                                                        std::size_t n_seeds, int n_threads);

// Weights of a panel's places, zero past the end; returns the largest. Without weights it is 1,
// and nothing is written.
template <class T>
float load_weights(const DensePoints<T>& points, const std::uint32_t* order, std::size_t panel,
                   float* weights);

}  // namespace kwise
