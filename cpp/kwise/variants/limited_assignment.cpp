// Successive shortest paths on a graph of clusters: rows are its arcs, the cheapest of each pair in
// a heap.
#include "kwise/variants/limited_assignment.hpp"

#include <algorithm>
#include <limits>

#include "kwise/base/parallel.hpp"

namespace kwise {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// A row that may leave one cluster for another, and what that adds to the sum of costs. Cluster and
// target are those of the heap that it is in.
struct Move {
    double cost;
    std::int32_t row;
    // For a heap with the cheapest move, then the lowest row, on top.
    bool operator<(const Move& other) const {
        return cost != other.cost ? cost > other.cost : row > other.row;
    }
};

// Nodes are the clusters and, last, the sink into which each of them sends as many units as it
// counts. Moving a row from a to b is an arc of length move.cost + price[b] - price[a] >= 0.
// One transport problem. Shortest paths run between k + 1 nodes, not between rows: only the
// cheapest move from each cluster to each other matters, which a heap a pair gives. Every path
// keeps lengths reduced by prices at or above 0 (Dijkstra's condition), and so the assignment
// optimal for what is sent so far.
class Transport {
  public:
    Transport(const double* costs, std::size_t n_rows, std::size_t n_clusters,
              const SizeLimits& limits, const double* prices)
        : costs_(costs),
          n_(n_rows),
          k_(n_clusters),
          limits_(limits),
          labels_(n_rows),
          prices_(prices, prices + n_clusters),
          sent_(n_clusters),
          surplus_(n_clusters + 1, 0) {
        prices_.push_back(0.0);
        assign_cheapest();
    }

    // Without surplus the cheapest assignment keeps all limits and is the answer. Else heaps of all
    // moves, n_rows (k - 1) of them, and one path after the other.
    void solve() {
        if (std::all_of(surplus_.begin(), surplus_.end(), [](auto e) { return e == 0; })) return;
        // By cluster and target.
        moves_.resize(k_ * k_);
        for (std::size_t i = 0; i < n_; ++i) offer(i, false);
        for (auto& heap : moves_) std::make_heap(heap.begin(), heap.end());
        std::size_t n_paths = 0;
        while (send_one()) {
            if (++n_paths % 64 == 0) poll_interrupt();
        }
    }

    // Prices relative to the sink's, whose price is 0 by definition. The gap is the difference of
    // the primal cost and the dual: for each row what it costs above its least, and for each
    // cluster with a price what its size misses of the limit that the price stands for.
    LimitedAssignment answer() const {
        LimitedAssignment found{labels_, {prices_.begin(), prices_.end() - 1}, 0.0, 0.0};
        // From the labels, rather than from what was sent: the answer is checked against itself.
        std::vector<std::int64_t> counts(k_, 0);
        for (double& price : found.prices) price -= prices_[k_];
        for (std::size_t i = 0; i < n_; ++i) {
            const double* const cost = costs_ + i * k_;
            const auto own = static_cast<std::size_t>(labels_[i]);
            double least = infinity;
            for (std::size_t c = 0; c < k_; ++c) {
                least = std::min(least, cost[c] + found.prices[c]);
            }
            ++counts[own];
            found.cost += cost[own];
            found.gap += cost[own] + found.prices[own] - least;
        }
        for (std::size_t c = 0; c < k_; ++c) {
            const double price = found.prices[c];
            const std::int64_t bound = price > 0.0 ? limits_.most[c] : limits_.least[c];
            found.gap += price * static_cast<double>(bound - counts[c]);
        }
        return found;
    }

  private:
    // Each row to the cluster that is cheapest at these prices, the lowest on ties; sizes then may
    // be too large or small by `surplus_`. A cluster with a price other than 0 sends what its limit
    // says, so that prices and flow fit each other (complementary slackness) from the start.
    void assign_cheapest() {
        for (std::size_t i = 0; i < n_; ++i) {
            const double* const cost = costs_ + i * k_;
            std::size_t best = 0;
            for (std::size_t c = 1; c < k_; ++c) {
                if (cost[c] + prices_[c] < cost[best] + prices_[best]) best = c;
            }
            labels_[i] = static_cast<std::int32_t>(best);
            ++surplus_[best];
        }
        // The sink wants every row: what clusters send goes off that.
        surplus_[k_] = -static_cast<std::int64_t>(n_);
        for (std::size_t c = 0; c < k_; ++c) {
            const std::int64_t least = limits_.least[c], most = limits_.most[c];
            // Any number within the limits is right for a cluster whose price is 0: its own, as far
            // as possible.
            sent_[c] = prices_[c] > 0.0   ? most
                       : prices_[c] < 0.0 ? least
                                          : std::clamp(surplus_[c], least, most);
            surplus_[c] -= sent_[c];
            surplus_[k_] += sent_[c];
        }
    }

    // Puts a row among the moves out of its cluster, to every other one.
    void offer(std::size_t i, bool in_heap) {
        const auto own = static_cast<std::size_t>(labels_[i]);
        const double* const cost = costs_ + i * k_;
        for (std::size_t c = 0; c < k_; ++c) {
            if (c == own) continue;
            auto& heap = moves_[own * k_ + c];
            // Costs alone, without prices, so that entries stay true when prices change.
            heap.push_back({cost[c] - cost[own], static_cast<std::int32_t>(i)});
            if (in_heap) std::push_heap(heap.begin(), heap.end());
        }
    }

    // The cheapest move from a to b; rows that have left a are forgotten. A row that came back is
    // there twice, with the same cost: harmless.
    const Move* cheapest(std::size_t a, std::size_t b) {
        auto& heap = moves_[a * k_ + b];
        // Lazily: entries are never searched for.
        while (!heap.empty() && labels_[heap.front().row] != static_cast<std::int32_t>(a)) {
            std::pop_heap(heap.begin(), heap.end());
            heap.pop_back();
        }
        return heap.empty() ? nullptr : &heap.front();
    }

    // The reduced length of the arc from a to b, infinite where there is none: into the sink while
    // the cluster may send more, out of it while it may send less. Rounding may make it negative,
    // which Dijkstra's way must not see.
    double length(std::size_t a, std::size_t b) {
        double cost = 0.0;
        if (b == k_) {
            if (sent_[a] >= limits_.most[a]) return infinity;
        } else if (a == k_) {
            if (sent_[b] <= limits_.least[b]) return infinity;
        } else {
            const Move* const move = cheapest(a, b);
            if (move == nullptr) return infinity;
            cost = move->cost;
        }
        return std::max(0.0, cost + prices_[b] - prices_[a]);
    }

    // Sends one unit from a node that has too much to the nearest that has too little; false where
    // none has. All nodes with a surplus are sources at once. O(k^2) and the heaps.
    bool send_one() {
        const std::size_t n_nodes = k_ + 1;
        // n_nodes stands for "none" in before_.
        distance_.assign(n_nodes, infinity);
        before_.assign(n_nodes, n_nodes);
        done_.assign(n_nodes, 0);
        for (std::size_t v = 0; v < n_nodes; ++v) {
            if (surplus_[v] > 0) distance_[v] = 0.0;
        }
        std::size_t end = n_nodes;
        // Dijkstra without a queue: k is small.
        while (end == n_nodes) {
            std::size_t v = n_nodes;
            for (std::size_t u = 0; u < n_nodes; ++u) {
                if (!done_[u] && distance_[u] < infinity &&
                    (v == n_nodes || distance_[u] < distance_[v])) {
                    v = u;
                }
            }
            if (v == n_nodes) return false;
            done_[v] = 1;
            // The nearest node that wants a unit: the path ends there, and others need not be
            // known.
            if (surplus_[v] < 0) end = v;
            for (std::size_t u = 0; u < n_nodes && end == n_nodes; ++u) {
                if (done_[u]) continue;
                const double through = distance_[v] + length(v, u);
                if (through < distance_[u]) {
                    distance_[u] = through;
                    before_[u] = v;
                }
            }
        }
        // Potentials: nodes nearer than the end keep reduced lengths at or above 0, and those along
        // the path become 0.
        for (std::size_t v = 0; v < n_nodes; ++v) {
            prices_[v] -= std::min(distance_[v], distance_[end]);
        }
        send_along(end);
        return true;
    }

    // Back along the path: each arc's unit changes sides. Into or out of the sink only counts
    // change; between clusters a row moves, and its moves out of the new one are offered.
    void send_along(std::size_t end) {
        std::size_t b = end;
        ++surplus_[end];
        for (; before_[b] <= k_; b = before_[b]) {
            const std::size_t a = before_[b];
            if (b == k_) {
                ++sent_[a];
            } else if (a == k_) {
                --sent_[b];
            } else {
                const auto row = static_cast<std::size_t>(cheapest(a, b)->row);
                // The move is not taken off its heap: it is stale now, and dropped when it comes
                // up.
                labels_[row] = static_cast<std::int32_t>(b);
                offer(row, true);
            }
        }
        --surplus_[b];
    }

    const double* costs_;
    std::size_t n_, k_;
    SizeLimits limits_;
    std::vector<std::int32_t> labels_;
    std::vector<double> prices_;
    std::vector<std::int64_t> sent_, surplus_;
    std::vector<std::vector<Move>> moves_;
    std::vector<double> distance_;
    std::vector<std::size_t> before_;
    std::vector<unsigned char> done_;
};

}  // namespace

LimitedAssignment assign_within(const double* costs, std::size_t n_rows, std::size_t n_clusters,
                                const SizeLimits& limits, const double* prices) {
    Transport transport(costs, n_rows, n_clusters, limits, prices);
    transport.solve();
    return transport.answer();
}

}  // namespace kwise
