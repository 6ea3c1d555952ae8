// Checks of what threads share, meant to run under the thread sanitizer: the pool, used by many
// callers at once, and the forms of the rows that points make when they are first asked for.
#if !defined(_WIN32) && !defined(__EMSCRIPTEN__)
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <atomic>
#include <cmath>
#include <cstdio>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "expect.hpp"
#include "kwise/base/mapped_files.hpp"
#include "kwise/base/parallel.hpp"
#include "kwise/lloyd/lloyd.hpp"
#include "kwise/lloyd/multi_start.hpp"
#include "kwise/metrics/silhouette.hpp"
#include "kwise/predict/center_distances.hpp"
#include "kwise/predict/predict_labels.hpp"
#include "kwise/seeding/kmeans_plusplus.hpp"
#include "kwise/sparse/sparse_points.hpp"

namespace {

constexpr int n_callers = 4;

// Runs the same on several threads at once, and here.
template <class Work>
void at_once(const Work& work) {
    std::vector<std::thread> callers;
    for (int caller = 1; caller < n_callers; ++caller) callers.emplace_back([&] { work(); });
    work();
    for (std::thread& caller : callers) caller.join();
}

void check_pool() {
    std::atomic<int> n_wrong{0};
    at_once([&] {
        for (int round = 0; round < 200; ++round) {
            std::vector<int> visits(97, 0);
            kwise::parallel_for(visits.size(), 4, [&](std::size_t chunk, int) { ++visits[chunk]; });
            for (const int times : visits) n_wrong += times != 1;
        }
    });
    expect(n_wrong == 0, "every chunk is done once", "pool");
}

// Short regions, one after the other, of callers that keep helpers awake and of others.
void check_awake() {
    std::atomic<int> n_wrong{0}, n_callers_so_far{0};
    at_once([&] {
        const bool keeps = ++n_callers_so_far % 2 == 0;
        for (int round = 0; round < 20; ++round) {
            const kwise::AwakeHelpers helpers(9, keeps ? 3 : 1);
            for (int region = 0; region < 20; ++region) {
                std::vector<int> visits(9, 0);
                kwise::parallel_for(visits.size(), kwise::useful_threads(1e4, 3),
                                    [&](std::size_t chunk, int) { ++visits[chunk]; });
                for (const int times : visits) n_wrong += times != 1;
            }
        }
    });
    expect(n_wrong == 0, "every chunk is done once while helpers are awake", "pool");
}

void check_failures() {
    std::atomic<int> n_caught{0};
    at_once([&] {
        for (int round = 0; round < 50; ++round) {
            try {
                kwise::parallel_for(64, 3, [&](std::size_t chunk, int) {
                    if (chunk % 16 == 5) throw std::runtime_error("a chunk fails");
                });
            } catch (const std::runtime_error&) {
                ++n_caught;
            }
        }
    });
    expect(n_caught == 50 * n_callers, "a failure reaches whoever called", "pool");
}

void check_interrupts() {
    bool stopped = false;
    const kwise::PollScope scope([] { return true; });
    try {
        for (int round = 0; round < 100'000; ++round) {
            kwise::parallel_for(64, 3, [](std::size_t, int) {});
        }
    } catch (const kwise::Interrupted&) {
        stopped = true;
    }
    expect(stopped, "a poll that says so ends the work", "pool");
}

template <class T>
std::vector<T> make_rows(std::size_t n, std::size_t d) {
    std::mt19937_64 random(n + d);
    std::normal_distribution<double> normal;
    std::vector<T> X(n * d);
    for (std::size_t r = 0; r < n; ++r) {
        const double group = static_cast<double>(random() % 4) * 3.0;
        for (std::size_t i = 0; i < d; ++i) X[r * d + i] = static_cast<T>(normal(random) + group);
    }
    return X;
}

template <class PointsType>
auto descend(const PointsType& points, const std::vector<typename PointsType::Value>& start,
             std::size_t k) {
    kwise::LloydOptions options;
    options.n_threads = 3;
    options.max_iter = 6;
    return kwise::lloyd(points, start.data(), k, options);
}

// Threads that descend over the same points make their packed forms together.
template <class PointsType>
void check_shared(const PointsType& points, const std::vector<typename PointsType::Value>& start,
                  std::size_t k, const std::string& where) {
    std::atomic<int> n_other{0};
    const auto run = [&] { return descend(points, start, k); };
    std::vector<decltype(run())> results(n_callers);
    std::atomic<std::size_t> next{0};
    at_once([&] { results[next++] = run(); });
    for (const auto& result : results) {
        n_other += result.labels != results[0].labels || result.centers != results[0].centers;
    }
    expect(n_other == 0, "threads that share points find the same", where);
}

template <class T>
void check_rows(std::size_t n, std::size_t d, std::size_t k) {
    const std::vector<T> X = make_rows<T>(n, d);
    const std::string where = std::to_string(n) + " x " + std::to_string(d);
    const kwise::RowView<T> view{X.data(), static_cast<std::ptrdiff_t>(d), 1, n, d, nullptr};
    const std::vector<T> start(X.begin(), X.begin() + static_cast<std::ptrdiff_t>(k * d));
    for (const std::size_t expected : {std::size_t{0}, k}) {
        check_shared(kwise::DensePoints<T>(view, nullptr, 3, expected), start, k, where);
    }
    const auto centers = kwise::ExactCenters::from(start.data(), k, d);
    at_once([&] {  // nothing is shared but the pool
        std::vector<std::int32_t> labels(n);
        std::vector<T> distances(n * k);
        kwise::predict_labels(view, centers, 3, labels.data());
        kwise::distances(view, centers, 3, distances.data());
        const kwise::DensePoints<T> points(view, nullptr, 3, k);
        const std::vector<double> uniforms(1 + 2 * (k - 1), 0.25);
        kwise::kmeans_plusplus(points, k, uniforms.data(), 2, 3);
    });
}

void check_sparse(std::size_t n, std::size_t d, std::size_t k) {
    std::vector<double> values;
    std::vector<std::int32_t> columns;
    std::vector<std::int64_t> starts{0};
    std::vector<double> start(k * d, 0.0);
    for (std::size_t r = 0; r < n; ++r) {
        for (std::size_t i = r % 3; i < d; i += 3) {
            values.push_back(static_cast<double>(1 + (r * 7 + i) % 11));
            columns.push_back(static_cast<std::int32_t>(i));
            if (r < k) start[r * d + i] = values.back();
        }
        starts.push_back(static_cast<std::int64_t>(values.size()));
    }
    const kwise::SparsePoints<double> points({values.data(), columns.data(), starts.data(), n, d},
                                             nullptr, 3);
    check_shared(points, start, k, "sparse");
}

void check_silhouettes(std::size_t n, std::size_t d, std::size_t k) {
    const std::vector<double> X = make_rows<double>(n, d);
    std::vector<std::int32_t> codes(n);
    for (std::size_t r = 0; r < n; ++r) codes[r] = static_cast<std::int32_t>(r % k);
    const kwise::RowView<double> view{X.data(), static_cast<std::ptrdiff_t>(d), 1, n, d, nullptr};
    at_once([&] {
        kwise::Silhouette engine(view, nullptr, codes.data(), k, 3);
        for (std::size_t step = 0; step < engine.n_steps(); ++step) engine.run(step);
        std::vector<double> values(n);
        engine.values(values.data());
    });
}

#if !defined(_WIN32) && !defined(__EMSCRIPTEN__)
// A child that is forked while other threads change what is watched can watch, and ends.
void check_forks() {
    alignas(65536) static char pages[65536];
    std::atomic<bool> done{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            while (!done.load()) {
                kwise::unwatch_mapping(kwise::watch_mapping(pages, sizeof pages));
            }
        });
    }
    for (int i = 0; i < 200; ++i) {
        const pid_t child = fork();
        if (child == 0) {
            alarm(20);  // ends a child that waits for ever
            kwise::unwatch_mapping(kwise::watch_mapping(pages, sizeof pages));
            _exit(0);
        }
        int status = -1;
        waitpid(child, &status, 0);
        expect(status == 0, "a forked child watches mappings", std::to_string(i));
        if (status != 0) break;
    }
    done.store(true);
    for (auto& thread : threads) thread.join();
}
#else
void check_forks() {}
#endif

}  // namespace

int main() {
    check_pool();
    check_forks();
    check_awake();
    check_failures();
    check_interrupts();
    // Morton order, int16 with one scale, float32 panels, scaled int16, rows as they are.
    const std::size_t shapes[][3] = {
        {17'000, 2, 5}, {9000, 8, 12}, {3000, 4, 7}, {700, 70, 20}, {2100, 40, 3}};
    for (const auto& shape : shapes) {
        check_rows<float>(shape[0], shape[1], shape[2]);
        check_rows<double>(shape[0], shape[1], shape[2]);
    }
    check_sparse(2500, 30, 5);
    check_sparse(9000, 30, 2);  // moves are shared by threads
    for (const std::size_t k : {3, 40}) check_silhouettes(1500, 5, k);
    std::printf("%s: %d failures\n", kwise::kernels().name, n_failures);
    return n_failures == 0 ? 0 : 1;
}
