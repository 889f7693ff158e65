// All of scrypt: one program.
#include "Scrypt/Finish.cl"
#include "Scrypt/Mix.cl"
#include "Scrypt/Start.cl"
