// The order in which blocks of rows meet: in rounds in which no block sits at two tables, so that
// the tables of a round can be served by any threads at once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace kwise {

struct Meeting {
    std::uint32_t a, b;
};

struct Rounds {
    std::vector<Meeting> meetings;
    std::vector<std::size_t> starts;  // of each round, and the end

    std::size_t size() const { return starts.size() - 1; }
};

// Round 0 is every block with itself. All others are those of a tournament by the circle method
// (the last place stays, the others turn by one place each round), without the meetings that
// wanted(a, b) declines, and each as early as its two blocks are free.
template <class Wanted>
Rounds arrange(std::size_t n_blocks, Wanted&& wanted) {
    const std::size_t n = n_blocks + n_blocks % 2;  // an odd one gets a partner that is not there
    std::vector<Meeting> found;
    std::vector<std::uint32_t> round_of, next(n, 1);
    std::uint32_t last = 1;
    for (std::size_t turn = 0; turn + 1 < n; ++turn) {
        for (std::size_t table = 0; table < n / 2; ++table) {
            const std::size_t a = (turn + table) % (n - 1);
            const std::size_t b = table == 0 ? n - 1 : (turn + (n - 1) - table) % (n - 1);
            if (a >= n_blocks || b >= n_blocks || !wanted(a, b)) continue;
            const std::uint32_t round = std::max(next[a], next[b]);
            next[a] = next[b] = round + 1;
            last = std::max(last, round + 1);
            found.push_back({static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b)});
            round_of.push_back(round);
        }
    }
    Rounds rounds;
    rounds.starts.assign(last + 1, 0);
    rounds.starts[1] = n_blocks;
    for (const std::uint32_t round : round_of) ++rounds.starts[round + 1];
    for (std::size_t r = 0; r < last; ++r) rounds.starts[r + 1] += rounds.starts[r];
    rounds.meetings.resize(rounds.starts[last]);
    for (std::uint32_t b = 0; b < n_blocks; ++b) rounds.meetings[b] = {b, b};
    std::vector<std::size_t> place(rounds.starts);
    for (std::size_t m = 0; m < found.size(); ++m) {
        rounds.meetings[place[round_of[m]]++] = found[m];
    }
    return rounds;
}

}  // namespace kwise
