#include <lmdb.h>

/// Asks the processor to fetch the line of memory at an address, which may be any.
static inline void clmdb_prefetch(const void *address) {
  __builtin_prefetch(address);
}
