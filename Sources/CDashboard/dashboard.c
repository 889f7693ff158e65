#include "CDashboard.h"

static const unsigned char html[] = {
#embed "dashboard.html"
};
static const unsigned char css[] = {
#embed "dashboard.css"
};
static const unsigned char js[] = {
#embed "dashboard.js"
};
static const unsigned char icon[] = {
#embed "favicon.svg"
};

static const struct nj_dashboard_file files[] = {
    {"/", "text/html; charset=utf-8", html, sizeof html},
    {"/dashboard.css", "text/css; charset=utf-8", css, sizeof css},
    {"/dashboard.js", "text/javascript; charset=utf-8", js, sizeof js},
    {"/favicon.svg", "image/svg+xml", icon, sizeof icon},
};

size_t nj_dashboard_file_count(void) { return sizeof files / sizeof files[0]; }

struct nj_dashboard_file nj_dashboard_file_at(size_t index) {
    // The caller has checked the index against the count.
    return files[index];
}
