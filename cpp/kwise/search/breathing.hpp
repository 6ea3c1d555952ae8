// Search: breathing k-means: centers are added to clusters that gain most by being cut, and as many
// are taken away where they are spare, fewer at a time the less that helps (B. Fritzke, "The
// breathing k-means algorithm", 2020, https://arxiv.org/abs/2006.15666). Here the descents in
// between are short, and go on from what is known of the rows. Called by bindings/lloyd.cpp.
#pragma once

#include "kwise/lloyd/lloyd.hpp"

namespace kwise {

// Numbers in [0, 1) that decide which rows are added; taken from the beginning again at the end.
struct Draws {
    const double* uniforms;
    std::size_t n;
};

// Searches from centers where a descent ended, and descends from the best that are found, with
// moves of single rows at the end. The options are those of this last descent. It never ends above
// the inertia of the centers given, but for rounding.
template <class PointsType>
LloydResult<typename PointsType::Value> breathe(const PointsType& points,
                                                const typename PointsType::Value* centers,
                                                std::size_t n_clusters, const Draws& draws,
                                                const LloydOptions& options);

}  // namespace kwise
