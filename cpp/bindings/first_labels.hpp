// Labels that go from seeding to a descent.
#pragma once

#include <cstdint>

#include "bindings/arrays.hpp"

// What seeding knows of the nearest seeds, for one run of Lloyd's algorithm, which takes it.
struct FirstLabels {
    std::size_t n_rows;
    kwise::Buffer<std::int32_t> values;
};
