#include "CCommit.h"

// Scripts/with-commit.sh writes this header for the time of a build. A build from an archive, by `swift build` alone, or
// as another package's dependency has no such header and needs no git.
#if __has_include("commit.h")
#include "commit.h"
#else
#define NJ_COMMIT ""
#endif

const char *nj_commit(void) { return NJ_COMMIT; }
