// The commit that this build was made from.
#pragma once

/// Twelve hex digits of the commit, with `, changed` behind them when files differed from it; empty when the build does
/// not know. In static memory.
const char *nj_commit(void);
