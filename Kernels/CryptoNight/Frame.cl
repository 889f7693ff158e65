// All of CryptoNight but the main loop: one program, compiled once, while cn/r's main loop changes with the height.
#include "CryptoNight/Absorb.cl"
#include "CryptoNight/Explode.cl"
#include "CryptoNight/Finish.cl"
#include "CryptoNight/Implode.cl"
