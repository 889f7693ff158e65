// The dashboard's files, embedded.
#pragma once

#include <stddef.h>

/// A file of the dashboard.
struct nj_dashboard_file {
    /// The path at which it is served: "/dashboard.css".
    const char *path;
    /// Its media type.
    const char *type;
    /// Its bytes, without a terminating zero.
    const unsigned char *text;
    /// The number of bytes.
    size_t length;
};

/// The number of files.
size_t nj_dashboard_file_count(void);

/// The file at `index`, which must be below the count.
struct nj_dashboard_file nj_dashboard_file_at(size_t index);
