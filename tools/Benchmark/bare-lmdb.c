/* The limit: LMDB alone, appending given records as fast as it makes them durable.
 *
 *   bare-lmdb DIR RECORDS
 *
 * RECORDS holds the records one after the other, each behind its length (4 bytes, little-endian).
 * Reads orders from standard input and answers each with one line:
 *
 *   append BATCH COUNT   appends the next COUNT records, BATCH to a commit, under the next
 *                        positions; past the last record it begins again with the first.
 *                        Answers the nanoseconds of each commit, begun with its first put.
 *   scan                 reads every record once, by one cursor. Answers the nanoseconds in all,
 *                        the number of records and a checksum.
 *
 * The durability is LMDB's default, which is the ledger's: a commit returns when it is on the disk.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void check(int code, const char *what) {
  if (code == 0) return;
  fprintf(stderr, "bare-lmdb: %s: %s\n", what, mdb_strerror(code));
  exit(1);
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static MDB_env *environment;
static MDB_dbi events;
static const unsigned char *first, *next, *end;
static uint64_t position;

static MDB_val take(void) {
  uint32_t length;
  if (next >= end) next = first;
  memcpy(&length, next, sizeof length);
  MDB_val record = {length, (void *)(next + sizeof length)};
  next += sizeof length + length;
  return record;
}

static void append(long batch, long count) {
  while (count > 0) {
    MDB_txn *transaction;
    uint64_t start = now();
    check(mdb_txn_begin(environment, NULL, 0, &transaction), "mdb_txn_begin");
    for (long i = 0; i < batch && count > 0; i++, count--) {
      uint64_t big_endian = __builtin_bswap64(++position);
      MDB_val key = {sizeof big_endian, &big_endian}, record = take();
      check(mdb_put(transaction, events, &key, &record, MDB_APPEND), "mdb_put");
    }
    check(mdb_txn_commit(transaction), "mdb_txn_commit");
    printf("%" PRIu64 "%c", now() - start, count > 0 ? ' ' : '\n');
  }
}

static void scan(void) {
  MDB_txn *transaction;
  MDB_cursor *cursor;
  MDB_val key, record;
  uint64_t start = now(), records = 0, sum = 0;
  check(mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction), "mdb_txn_begin");
  check(mdb_cursor_open(transaction, events, &cursor), "mdb_cursor_open");
  while (mdb_cursor_get(cursor, &key, &record, MDB_NEXT) == 0) {
    records++;
    sum += *(const unsigned char *)record.mv_data + record.mv_size;
  }
  mdb_cursor_close(cursor);
  mdb_txn_abort(transaction);
  printf("%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", now() - start, records, sum);
}

int main(int count, char **arguments) {
  if (count != 3) {
    fprintf(stderr, "usage: bare-lmdb DIR RECORDS\n");
    return 2;
  }
  int file = open(arguments[2], O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) < 0) fail(arguments[2]);
  if (status.st_size == 0) {
    fprintf(stderr, "bare-lmdb: %s is empty\n", arguments[2]);
    return 1;
  }
  first = next = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  if (first == MAP_FAILED) fail("mmap");
  end = first + status.st_size;

  if (mkdir(arguments[1], 0700) < 0) fail(arguments[1]);
  check(mdb_env_create(&environment), "mdb_env_create");
  check(mdb_env_set_mapsize(environment, (size_t)1 << 40), "mdb_env_set_mapsize");
  check(mdb_env_set_maxdbs(environment, 1), "mdb_env_set_maxdbs");
  check(mdb_env_open(environment, arguments[1], 0, 0600), "mdb_env_open");
  MDB_txn *transaction;
  check(mdb_txn_begin(environment, NULL, 0, &transaction), "mdb_txn_begin");
  check(mdb_dbi_open(transaction, "events", MDB_CREATE, &events), "mdb_dbi_open");
  check(mdb_txn_commit(transaction), "mdb_txn_commit");

  char line[128];
  while (fgets(line, sizeof line, stdin)) {
    long batch, records;
    if (sscanf(line, "append %ld %ld", &batch, &records) == 2 && batch > 0 && records > 0) {
      append(batch, records);
    } else if (strcmp(line, "scan\n") == 0) {
      scan();
    } else {
      fprintf(stderr, "bare-lmdb: unknown order %s", line);
      return 2;
    }
    fflush(stdout);
  }
  mdb_env_close(environment);
  return 0;
}
