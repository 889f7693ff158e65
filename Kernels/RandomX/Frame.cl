// All of RandomX but the programs' run and the dataset: these kernels are the same for light and for full mode.
#include "RandomX/Finish.cl"
#include "RandomX/Program.cl"
#include "RandomX/Start.cl"
