// How kernels are launched, for the host.
#include "CKernels.h"
#include "CryptoNight/Launch.h"
#include "RandomX/Launch.h"
#include "SHA256d/Launch.h"
#include "Scrypt/Launch.h"

struct nj_cryptonight_launch nj_cryptonight_launch_default(int is_cpu) {
    return is_cpu ? nj_cryptonight_launch_cpu : nj_cryptonight_launch_gpu;
}

struct nj_randomx_launch nj_randomx_launch_default(int is_cpu) {
    return is_cpu ? nj_randomx_launch_cpu : nj_randomx_launch_gpu;
}

struct nj_sha256d_launch nj_sha256d_launch_default(int is_cpu) {
    return is_cpu ? nj_sha256d_launch_cpu : nj_sha256d_launch_gpu;
}

struct nj_scrypt_launch nj_scrypt_launch_default(int is_cpu) {
    return is_cpu ? nj_scrypt_launch_cpu : nj_scrypt_launch_gpu;
}
