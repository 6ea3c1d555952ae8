// What checks expect, and how many of their expectations failed.
#pragma once

#include <cstdio>
#include <string>

#include "kwise/dispatch/kernels.hpp"

inline int n_failures = 0;

inline void expect(bool holds, const char* what, const std::string& where) {
    if (holds) return;
    ++n_failures;
    std::printf("FAILED: %s (%s, %s)\n", what, where.c_str(), kwise::kernels().name);
}
