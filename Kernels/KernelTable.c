// The one file with #embed. A source that is not in this table does not exist for the host.
#include "CKernels.h"
#include "CryptoNight/Launch.h"
#include "RandomX/Launch.h"

static const unsigned char shared_aes[] = {
#embed "Shared/AES.h"
};
static const unsigned char shared_blake256[] = {
#embed "Shared/Blake256.h"
};
static const unsigned char shared_blake2b[] = {
#embed "Shared/Blake2b.h"
};
static const unsigned char shared_dialect[] = {
#embed "Shared/Dialect.h"
};
static const unsigned char shared_groestl256[] = {
#embed "Shared/Groestl256.h"
};
static const unsigned char shared_jh256[] = {
#embed "Shared/JH256.h"
};
static const unsigned char shared_keccak[] = {
#embed "Shared/Keccak.h"
};
static const unsigned char shared_randomxaes[] = {
#embed "Shared/RandomXAES.h"
};
static const unsigned char shared_randomxitem[] = {
#embed "Shared/RandomXItem.h"
};
static const unsigned char shared_skein512[] = {
#embed "Shared/Skein512.h"
};
static const unsigned char primitives_aes[] = {
#embed "Primitives/AES.cl"
};
static const unsigned char primitives_argon2d[] = {
#embed "Primitives/Argon2d.cl"
};
static const unsigned char primitives_blake256[] = {
#embed "Primitives/Blake256.cl"
};
static const unsigned char primitives_blake2b[] = {
#embed "Primitives/Blake2b.cl"
};
static const unsigned char primitives_bytes[] = {
#embed "Primitives/Bytes.cl"
};
static const unsigned char primitives_directedrounding[] = {
#embed "Primitives/DirectedRounding.cl"
};
static const unsigned char primitives_groestl256[] = {
#embed "Primitives/Groestl256.cl"
};
static const unsigned char primitives_jh256[] = {
#embed "Primitives/JH256.cl"
};
static const unsigned char primitives_keccak[] = {
#embed "Primitives/Keccak.cl"
};
static const unsigned char primitives_message[] = {
#embed "Primitives/Message.cl"
};
static const unsigned char primitives_skein512[] = {
#embed "Primitives/Skein512.cl"
};
static const unsigned char cryptonight_absorb[] = {
#embed "CryptoNight/Absorb.cl"
};
static const unsigned char cryptonight_explode[] = {
#embed "CryptoNight/Explode.cl"
};
static const unsigned char cryptonight_finish[] = {
#embed "CryptoNight/Finish.cl"
};
static const unsigned char cryptonight_float[] = {
#embed "CryptoNight/Float.cl"
};
static const unsigned char cryptonight_floatloop[] = {
#embed "CryptoNight/FloatLoop.cl"
};
static const unsigned char cryptonight_frame[] = {
#embed "CryptoNight/Frame.cl"
};
static const unsigned char cryptonight_implode[] = {
#embed "CryptoNight/Implode.cl"
};
static const unsigned char cryptonight_integermath[] = {
#embed "CryptoNight/IntegerMath.cl"
};
static const unsigned char cryptonight_mainloop[] = {
#embed "CryptoNight/MainLoop.cl"
};
static const unsigned char cryptonight_mix[] = {
#embed "CryptoNight/Mix.cl"
};
static const unsigned char cryptonight_parameters[] = {
#embed "CryptoNight/Parameters.cl"
};
static const unsigned char cryptonight_scratchpad[] = {
#embed "CryptoNight/Scratchpad.cl"
};
static const unsigned char randomx_dataset[] = {
#embed "RandomX/Dataset.cl"
};
static const unsigned char randomx_decode[] = {
#embed "RandomX/Decode.cl"
};
static const unsigned char randomx_execute[] = {
#embed "RandomX/Execute.cl"
};
static const unsigned char randomx_finish[] = {
#embed "RandomX/Finish.cl"
};
static const unsigned char randomx_frame[] = {
#embed "RandomX/Frame.cl"
};
static const unsigned char randomx_item[] = {
#embed "RandomX/Item.cl"
};
static const unsigned char randomx_machine[] = {
#embed "RandomX/Machine.cl"
};
static const unsigned char randomx_memory[] = {
#embed "RandomX/Memory.cl"
};
static const unsigned char randomx_parameters[] = {
#embed "RandomX/Parameters.cl"
};
static const unsigned char randomx_program[] = {
#embed "RandomX/Program.cl"
};
static const unsigned char randomx_schedule[] = {
#embed "RandomX/Schedule.cl"
};
static const unsigned char randomx_start[] = {
#embed "RandomX/Start.cl"
};

static const struct nj_kernel_source sources[] = {
    {"Shared/AES.h", shared_aes, sizeof shared_aes},
    {"Shared/Blake256.h", shared_blake256, sizeof shared_blake256},
    {"Shared/Blake2b.h", shared_blake2b, sizeof shared_blake2b},
    {"Shared/Dialect.h", shared_dialect, sizeof shared_dialect},
    {"Shared/Groestl256.h", shared_groestl256, sizeof shared_groestl256},
    {"Shared/JH256.h", shared_jh256, sizeof shared_jh256},
    {"Shared/Keccak.h", shared_keccak, sizeof shared_keccak},
    {"Shared/RandomXAES.h", shared_randomxaes, sizeof shared_randomxaes},
    {"Shared/RandomXItem.h", shared_randomxitem, sizeof shared_randomxitem},
    {"Shared/Skein512.h", shared_skein512, sizeof shared_skein512},
    {"Primitives/AES.cl", primitives_aes, sizeof primitives_aes},
    {"Primitives/Argon2d.cl", primitives_argon2d, sizeof primitives_argon2d},
    {"Primitives/Blake256.cl", primitives_blake256, sizeof primitives_blake256},
    {"Primitives/Blake2b.cl", primitives_blake2b, sizeof primitives_blake2b},
    {"Primitives/Bytes.cl", primitives_bytes, sizeof primitives_bytes},
    {"Primitives/DirectedRounding.cl", primitives_directedrounding, sizeof primitives_directedrounding},
    {"Primitives/Groestl256.cl", primitives_groestl256, sizeof primitives_groestl256},
    {"Primitives/JH256.cl", primitives_jh256, sizeof primitives_jh256},
    {"Primitives/Keccak.cl", primitives_keccak, sizeof primitives_keccak},
    {"Primitives/Message.cl", primitives_message, sizeof primitives_message},
    {"Primitives/Skein512.cl", primitives_skein512, sizeof primitives_skein512},
    {"CryptoNight/Absorb.cl", cryptonight_absorb, sizeof cryptonight_absorb},
    {"CryptoNight/Explode.cl", cryptonight_explode, sizeof cryptonight_explode},
    {"CryptoNight/Finish.cl", cryptonight_finish, sizeof cryptonight_finish},
    {"CryptoNight/Float.cl", cryptonight_float, sizeof cryptonight_float},
    {"CryptoNight/FloatLoop.cl", cryptonight_floatloop, sizeof cryptonight_floatloop},
    {"CryptoNight/Frame.cl", cryptonight_frame, sizeof cryptonight_frame},
    {"CryptoNight/Implode.cl", cryptonight_implode, sizeof cryptonight_implode},
    {"CryptoNight/IntegerMath.cl", cryptonight_integermath, sizeof cryptonight_integermath},
    {"CryptoNight/MainLoop.cl", cryptonight_mainloop, sizeof cryptonight_mainloop},
    {"CryptoNight/Mix.cl", cryptonight_mix, sizeof cryptonight_mix},
    {"CryptoNight/Parameters.cl", cryptonight_parameters, sizeof cryptonight_parameters},
    {"CryptoNight/Scratchpad.cl", cryptonight_scratchpad, sizeof cryptonight_scratchpad},
    {"RandomX/Dataset.cl", randomx_dataset, sizeof randomx_dataset},
    {"RandomX/Decode.cl", randomx_decode, sizeof randomx_decode},
    {"RandomX/Execute.cl", randomx_execute, sizeof randomx_execute},
    {"RandomX/Finish.cl", randomx_finish, sizeof randomx_finish},
    {"RandomX/Frame.cl", randomx_frame, sizeof randomx_frame},
    {"RandomX/Item.cl", randomx_item, sizeof randomx_item},
    {"RandomX/Machine.cl", randomx_machine, sizeof randomx_machine},
    {"RandomX/Memory.cl", randomx_memory, sizeof randomx_memory},
    {"RandomX/Parameters.cl", randomx_parameters, sizeof randomx_parameters},
    {"RandomX/Program.cl", randomx_program, sizeof randomx_program},
    {"RandomX/Schedule.cl", randomx_schedule, sizeof randomx_schedule},
    {"RandomX/Start.cl", randomx_start, sizeof randomx_start},
};

size_t nj_kernel_source_count(void) { return sizeof sources / sizeof sources[0]; }

struct nj_kernel_source nj_kernel_source_at(size_t index) {
    // The caller has asked for the count.
    return sources[index];
}

struct nj_cryptonight_launch nj_cryptonight_launch_default(int is_cpu) {
    return is_cpu ? nj_cryptonight_launch_cpu : nj_cryptonight_launch_gpu;
}

struct nj_randomx_launch nj_randomx_launch_default(int is_cpu) {
    return is_cpu ? nj_randomx_launch_cpu : nj_randomx_launch_gpu;
}
