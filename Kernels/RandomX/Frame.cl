// All of RandomX but the programs' run and the dataset: one program, whatever those are compiled for.
#include "RandomX/Finish.cl"
#include "RandomX/Program.cl"
#include "RandomX/Start.cl"
