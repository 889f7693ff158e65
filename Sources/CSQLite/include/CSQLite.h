// A call of SQLite's that Swift cannot make, because its arguments vary.
#pragma once

struct sqlite3;

/// Keeps SQL from damaging the file: SQL that writes the schema as if it were a table is refused, and so are settings
/// that switch the journal off. Returns SQLite's code: 0, or an error.
int nj_sqlite_defend(struct sqlite3 *connection);
