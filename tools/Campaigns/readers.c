// Takes every reader's slot of an LMDB environment, says how many, and holds them until its input ends.
#include <lmdb.h>
#include <stdio.h>

int main(int count, char **words) {
  MDB_env *environment;
  MDB_txn *reader;
  int taken = 0;
  if (count != 2 || mdb_env_create(&environment) != 0 ||
      mdb_env_open(environment, words[1], MDB_RDONLY | MDB_NOTLS, 0) != 0)
    return 1;
  while (mdb_txn_begin(environment, NULL, MDB_RDONLY, &reader) == 0) taken++;
  printf("%d\n", taken);
  fflush(stdout);
  while (getchar() != EOF) {
  }
  return 0;
}
