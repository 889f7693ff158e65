// The only import of hwloc's header.
#pragma once

#include <hwloc.h>
