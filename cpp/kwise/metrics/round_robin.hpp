// Metrics: a round-robin schedule of pairs of blocks: in rounds in which no block is in two pairs,
// so that the pairs of a round can be taken by any threads at once. Called by
// metrics/silhouette.hpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace kwise {

struct BlockPair {
    std::uint32_t a, b;
};

struct RoundRobin {
    std::vector<BlockPair> pairs;
    std::vector<std::size_t> starts;  // of each round, and the end

    std::size_t size() const { return starts.size() - 1; }
};

// Round 0 is every block with itself. All others are those of a tournament by the circle method
// (the last place stays, the others turn by one place each round), without the pairs that wanted(a,
// b) declines, and each as early as its two blocks are free.
template <class Wanted>
RoundRobin make_round_robin(std::size_t n_blocks, Wanted&& wanted) {
    const std::size_t n = n_blocks + n_blocks % 2;  // an odd one gets a partner that is not there
    std::vector<BlockPair> found;
    std::vector<std::uint32_t> round_of, next(n, 1);
    std::uint32_t last = 1;
    for (std::size_t turn = 0; turn + 1 < n; ++turn) {
        for (std::size_t place = 0; place < n / 2; ++place) {
            const std::size_t a = (turn + place) % (n - 1);
            const std::size_t b = place == 0 ? n - 1 : (turn + (n - 1) - place) % (n - 1);
            if (a >= n_blocks || b >= n_blocks || !wanted(a, b)) continue;
            // The first round in which both are free: rounds are packed, in an order that depends
            // on the pairs alone.
            const std::uint32_t round = std::max(next[a], next[b]);
            next[a] = next[b] = round + 1;
            last = std::max(last, round + 1);
            found.push_back({static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b)});
            round_of.push_back(round);
        }
    }
    RoundRobin schedule;
    schedule.starts.assign(last + 1, 0);
    // Round 0; later rounds are counted, then added up.
    schedule.starts[1] = n_blocks;
    for (const std::uint32_t round : round_of) ++schedule.starts[round + 1];
    for (std::size_t r = 0; r < last; ++r) schedule.starts[r + 1] += schedule.starts[r];
    schedule.pairs.resize(schedule.starts[last]);
    for (std::uint32_t b = 0; b < n_blocks; ++b) schedule.pairs[b] = {b, b};
    // Where the next pair of each round goes.
    std::vector<std::size_t> place(schedule.starts);
    for (std::size_t m = 0; m < found.size(); ++m) {
        schedule.pairs[place[round_of[m]]++] = found[m];
    }
    return schedule;
}

}  // namespace kwise
