#include "CCommit.h"

// Scripts/with-commit.sh writes this header during a build. Other builds have no such header and need no git: from an
// archive, with `swift build` alone, or as another package's dependency.
#if __has_include("commit.h")
#include "commit.h"
#else
#define NJ_COMMIT ""
#endif

const char *nj_commit(void) { return NJ_COMMIT; }
