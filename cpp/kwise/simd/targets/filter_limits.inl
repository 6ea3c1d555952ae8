// Where which filter is the fastest, by measurement: see dispatch/policy.hpp for what the numbers
// mean and docs/decisions/row-major.md and scaled-int16.md for where they come from. No answer
// depends on them. Included by kernels.inl.
//
// Lines {features, centers}: from so many features on up to so many centers, the last that applies;
// VNNI makes scaled int16 cheaper, so that it takes over from fewer features on.

#if defined(__AVX512F__)
constexpr FilterLimits filter_limits = {
    .row_major = {{8, 4}, {16, 10}, {32, 12}, {48, 24}, {96, 30}},
#if defined(__AVX512VNNI__)
    .row_major_descent = {{48, 10}, {128, 16}, {256, 24}, {512, 28}},
#else
    .row_major_descent = {{64, 10}, {128, 16}, {256, 24}, {512, 28}},
#endif
#if defined(__AVX512VNNI__)
    .scaled_int16 = {48, 33, 50},
    .int8 = {64, 96},
#else
    .scaled_int16 = {64, 64, 50},
    .int8 = {0, 0},
#endif
};
#elif defined(__AVX2__)
constexpr FilterLimits filter_limits = {
    .row_major = {{16, 6}, {32, 8}, {64, 12}},
    .row_major_descent = {{64, 4}, {256, 6}},
    .scaled_int16 = {64, 64, 50},
    .int8 = {0, 0},
};
#else
constexpr FilterLimits filter_limits = {
    .row_major = {{16, 4}, {32, 12}, {48, 16}},
    .row_major_descent = {{64, 3}},
    .scaled_int16 = {64, 64, 50},
    .int8 = {0, 0},
};
#endif
