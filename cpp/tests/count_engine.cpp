// One piece of the engine's work, by name, on one thread: for counting its instructions.
#include <cstdio>
#include <cstring>
#include <functional>
#include <vector>

#include "kwise/assign/dense_assignment.hpp"
#include "kwise/lloyd/lloyd.hpp"
#include "kwise/metrics/silhouette.hpp"
#include "kwise/predict/center_distances.hpp"
#include "kwise/predict/predict_labels.hpp"
#include "kwise/seeding/kmeans_plusplus.hpp"
#include "made_rows.hpp"

namespace {

volatile double sink;  // so that no work is left out

}  // namespace

// The functions whose instructions are counted, with what they call; the rest is preparation.
extern "C" {
__attribute__((noinline)) void counted(const std::function<double()>& work) {
    sink = work();
}
}

namespace {

template <class T>
void fit_rows(const std::vector<T>& X, std::size_t d, std::size_t k) {
    counted([&] {
        const kwise::DensePoints<T> points(view(X, d), nullptr, 1);
        kwise::LloydOptions options;
        options.max_iter = 10;
        return kwise::lloyd(points, X.data(), k, options).inertia;
    });
}

template <class T>
void fit(std::size_t n, std::size_t d, std::size_t k) {
    fit_rows(made_rows<T>(n, d), d, k);
}

void seed(std::size_t n, std::size_t d, std::size_t k) {
    const auto X = made_rows<double>(n, d);
    const std::size_t n_trials = 4;
    const auto uniforms = made_uniforms(1 + (k - 1) * n_trials);
    const kwise::DensePoints<double> points(view(X, d), nullptr, 1);
    counted([&] {
        const auto chosen = kwise::kmeans_plusplus(points, k, uniforms.data(), n_trials, 1);
        return static_cast<double>(chosen.back());
    });
}

void predict(std::size_t n, std::size_t d, std::size_t k) {
    const auto X = made_rows<float>(n, d);
    const auto centers = kwise::ExactCenters::from(X.data(), k, d);
    std::vector<std::int32_t> labels(n);
    counted([&] {
        kwise::predict_labels(view(X, d), centers, 1, labels.data());
        return static_cast<double>(labels.back());
    });
}

void transform(std::size_t n, std::size_t d, std::size_t k) {
    const auto X = made_rows<double>(n, d);
    const auto centers = kwise::ExactCenters::from(X.data(), k, d);
    std::vector<double> out(n * k);
    counted([&] {
        kwise::distances(view(X, d), centers, 1, out.data());
        return out.back();
    });
}

void silhouette(std::size_t n, std::size_t d, std::size_t k) {
    const auto X = made_rows<double>(n, d);
    std::vector<std::int32_t> codes(n);
    for (std::size_t r = 0; r < n; ++r) codes[r] = static_cast<std::int32_t>(r % k);
    counted([&] {
        kwise::Silhouette work(view(X, d), nullptr, codes.data(), k, 1);
        for (std::size_t step = 0; step < work.n_steps(); ++step) work.run(step);
        return static_cast<double>(work.n_steps());
    });
}

struct Case {
    const char* name;
    std::function<void()> run;
};

const Case cases[] = {
    {"fit 4000 x 2, k = 8, float32", [] { fit<float>(4000, 2, 8); }},
    {"fit 20000 x 2, k = 8, float64", [] { fit<double>(20000, 2, 8); }},
    {"fit 2000 x 16, k = 20, float64", [] { fit<double>(2000, 16, 20); }},
    {"fit 600 x 128, k = 50, float32", [] { fit<float>(600, 128, 50); }},
    {"fit of tails 6000 x 33, k = 16", [] { fit_rows(made_tails<double>(6000, 33, 16), 33, 16); }},
    {"k-means++ 4000 x 8, k = 20", [] { seed(4000, 8, 20); }},
    {"predict 4000 x 16, k = 20", [] { predict(4000, 16, 20); }},
    {"transform 2000 x 16, k = 20", [] { transform(2000, 16, 20); }},
    {"silhouette 600 x 8, k = 4", [] { silhouette(600, 8, 4); }},
};

}  // namespace

// Without arguments: the compiler and the names, a line each. With a name: that work.
int main(int argc, char** argv) {
    if (argc < 2) std::printf("%s\n", __VERSION__);
    for (const Case& one : cases) {
        if (argc < 2) {
            std::printf("%s\n", one.name);
        } else if (std::strcmp(one.name, argv[1]) == 0) {
            one.run();
            return 0;
        }
    }
    return argc < 2 ? 0 : 2;
}
