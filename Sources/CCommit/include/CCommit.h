// The commit that this build was made from.
#pragma once

/// Twelve hex digits of the commit, followed by `, changed` when files differed from it; empty when the build does not
/// know the commit. The text is in static memory.
const char *nj_commit(void);
