// Base: files that are mapped, and that another program may cut off meanwhile. Whoever then reads
// beyond their end is ended by the system (SIGBUS); while a mapping is watched, zeros are read
// there instead, and mapping_missed tells of it afterwards. A disk that fails looks the same.
// Windows cuts no mapped file. Called by bindings/.
#pragma once

#include <cstddef>

namespace kwise {

// Watches a mapping, which begins with a page; returns what ends that, or -1 where too many are
// watched already. Threads may call both at once.
int watch_mapping(const void* begin, std::size_t bytes);
bool mapping_missed(int watched);
void unwatch_mapping(int watched);

}  // namespace kwise
