// Written by generate-table.py: every OpenCL source of this folder.
#include "CKernels.h"

static const unsigned char shared_aes_h[] = {
#embed "Shared/AES.h"
};
static const unsigned char shared_blake256_h[] = {
#embed "Shared/Blake256.h"
};
static const unsigned char shared_blake2b_h[] = {
#embed "Shared/Blake2b.h"
};
static const unsigned char shared_dialect_h[] = {
#embed "Shared/Dialect.h"
};
static const unsigned char shared_groestl256_h[] = {
#embed "Shared/Groestl256.h"
};
static const unsigned char shared_jh256_h[] = {
#embed "Shared/JH256.h"
};
static const unsigned char shared_keccak_h[] = {
#embed "Shared/Keccak.h"
};
static const unsigned char shared_randomxaes_h[] = {
#embed "Shared/RandomXAES.h"
};
static const unsigned char shared_randomxitem_h[] = {
#embed "Shared/RandomXItem.h"
};
static const unsigned char shared_sha256_h[] = {
#embed "Shared/SHA256.h"
};
static const unsigned char shared_skein512_h[] = {
#embed "Shared/Skein512.h"
};
static const unsigned char primitives_aes_cl[] = {
#embed "Primitives/AES.cl"
};
static const unsigned char primitives_argon2d_cl[] = {
#embed "Primitives/Argon2d.cl"
};
static const unsigned char primitives_blake256_cl[] = {
#embed "Primitives/Blake256.cl"
};
static const unsigned char primitives_blake2b_cl[] = {
#embed "Primitives/Blake2b.cl"
};
static const unsigned char primitives_bytes_cl[] = {
#embed "Primitives/Bytes.cl"
};
static const unsigned char primitives_directedrounding_cl[] = {
#embed "Primitives/DirectedRounding.cl"
};
static const unsigned char primitives_groestl256_cl[] = {
#embed "Primitives/Groestl256.cl"
};
static const unsigned char primitives_inline_cl[] = {
#embed "Primitives/Inline.cl"
};
static const unsigned char primitives_jh256_cl[] = {
#embed "Primitives/JH256.cl"
};
static const unsigned char primitives_keccak_cl[] = {
#embed "Primitives/Keccak.cl"
};
static const unsigned char primitives_message_cl[] = {
#embed "Primitives/Message.cl"
};
static const unsigned char primitives_results_cl[] = {
#embed "Primitives/Results.cl"
};
static const unsigned char primitives_sha256_cl[] = {
#embed "Primitives/SHA256.cl"
};
static const unsigned char primitives_skein512_cl[] = {
#embed "Primitives/Skein512.cl"
};
static const unsigned char cryptonight_absorb_cl[] = {
#embed "CryptoNight/Absorb.cl"
};
static const unsigned char cryptonight_explode_cl[] = {
#embed "CryptoNight/Explode.cl"
};
static const unsigned char cryptonight_finish_cl[] = {
#embed "CryptoNight/Finish.cl"
};
static const unsigned char cryptonight_float_cl[] = {
#embed "CryptoNight/Float.cl"
};
static const unsigned char cryptonight_floatloop_cl[] = {
#embed "CryptoNight/FloatLoop.cl"
};
static const unsigned char cryptonight_frame_cl[] = {
#embed "CryptoNight/Frame.cl"
};
static const unsigned char cryptonight_implode_cl[] = {
#embed "CryptoNight/Implode.cl"
};
static const unsigned char cryptonight_integermath_cl[] = {
#embed "CryptoNight/IntegerMath.cl"
};
static const unsigned char cryptonight_mainloop_cl[] = {
#embed "CryptoNight/MainLoop.cl"
};
static const unsigned char cryptonight_mix_cl[] = {
#embed "CryptoNight/Mix.cl"
};
static const unsigned char cryptonight_parameters_cl[] = {
#embed "CryptoNight/Parameters.cl"
};
static const unsigned char cryptonight_rounds_cl[] = {
#embed "CryptoNight/Rounds.cl"
};
static const unsigned char cryptonight_scratchpad_cl[] = {
#embed "CryptoNight/Scratchpad.cl"
};
static const unsigned char randomx_dataset_cl[] = {
#embed "RandomX/Dataset.cl"
};
static const unsigned char randomx_decode_cl[] = {
#embed "RandomX/Decode.cl"
};
static const unsigned char randomx_execute_cl[] = {
#embed "RandomX/Execute.cl"
};
static const unsigned char randomx_finish_cl[] = {
#embed "RandomX/Finish.cl"
};
static const unsigned char randomx_frame_cl[] = {
#embed "RandomX/Frame.cl"
};
static const unsigned char randomx_item_cl[] = {
#embed "RandomX/Item.cl"
};
static const unsigned char randomx_machine_cl[] = {
#embed "RandomX/Machine.cl"
};
static const unsigned char randomx_memory_cl[] = {
#embed "RandomX/Memory.cl"
};
static const unsigned char randomx_order_cl[] = {
#embed "RandomX/Order.cl"
};
static const unsigned char randomx_parameters_cl[] = {
#embed "RandomX/Parameters.cl"
};
static const unsigned char randomx_program_cl[] = {
#embed "RandomX/Program.cl"
};
static const unsigned char randomx_split_cl[] = {
#embed "RandomX/Split.cl"
};
static const unsigned char randomx_start_cl[] = {
#embed "RandomX/Start.cl"
};
static const unsigned char randomx_streams_cl[] = {
#embed "RandomX/Streams.cl"
};
static const unsigned char sha256d_any_cl[] = {
#embed "SHA256d/Any.cl"
};
static const unsigned char sha256d_message_cl[] = {
#embed "SHA256d/Message.cl"
};
static const unsigned char sha256d_parameters_cl[] = {
#embed "SHA256d/Parameters.cl"
};
static const unsigned char sha256d_scan_cl[] = {
#embed "SHA256d/Scan.cl"
};
static const unsigned char scrypt_finish_cl[] = {
#embed "Scrypt/Finish.cl"
};
static const unsigned char scrypt_frame_cl[] = {
#embed "Scrypt/Frame.cl"
};
static const unsigned char scrypt_hmac_cl[] = {
#embed "Scrypt/HMAC.cl"
};
static const unsigned char scrypt_memory_cl[] = {
#embed "Scrypt/Memory.cl"
};
static const unsigned char scrypt_mix_cl[] = {
#embed "Scrypt/Mix.cl"
};
static const unsigned char scrypt_parameters_cl[] = {
#embed "Scrypt/Parameters.cl"
};
static const unsigned char scrypt_start_cl[] = {
#embed "Scrypt/Start.cl"
};

static const struct nj_kernel_source sources[] = {
    {"Shared/AES.h", shared_aes_h, sizeof shared_aes_h},
    {"Shared/Blake256.h", shared_blake256_h, sizeof shared_blake256_h},
    {"Shared/Blake2b.h", shared_blake2b_h, sizeof shared_blake2b_h},
    {"Shared/Dialect.h", shared_dialect_h, sizeof shared_dialect_h},
    {"Shared/Groestl256.h", shared_groestl256_h, sizeof shared_groestl256_h},
    {"Shared/JH256.h", shared_jh256_h, sizeof shared_jh256_h},
    {"Shared/Keccak.h", shared_keccak_h, sizeof shared_keccak_h},
    {"Shared/RandomXAES.h", shared_randomxaes_h, sizeof shared_randomxaes_h},
    {"Shared/RandomXItem.h", shared_randomxitem_h, sizeof shared_randomxitem_h},
    {"Shared/SHA256.h", shared_sha256_h, sizeof shared_sha256_h},
    {"Shared/Skein512.h", shared_skein512_h, sizeof shared_skein512_h},
    {"Primitives/AES.cl", primitives_aes_cl, sizeof primitives_aes_cl},
    {"Primitives/Argon2d.cl", primitives_argon2d_cl, sizeof primitives_argon2d_cl},
    {"Primitives/Blake256.cl", primitives_blake256_cl, sizeof primitives_blake256_cl},
    {"Primitives/Blake2b.cl", primitives_blake2b_cl, sizeof primitives_blake2b_cl},
    {"Primitives/Bytes.cl", primitives_bytes_cl, sizeof primitives_bytes_cl},
    {"Primitives/DirectedRounding.cl", primitives_directedrounding_cl, sizeof primitives_directedrounding_cl},
    {"Primitives/Groestl256.cl", primitives_groestl256_cl, sizeof primitives_groestl256_cl},
    {"Primitives/Inline.cl", primitives_inline_cl, sizeof primitives_inline_cl},
    {"Primitives/JH256.cl", primitives_jh256_cl, sizeof primitives_jh256_cl},
    {"Primitives/Keccak.cl", primitives_keccak_cl, sizeof primitives_keccak_cl},
    {"Primitives/Message.cl", primitives_message_cl, sizeof primitives_message_cl},
    {"Primitives/Results.cl", primitives_results_cl, sizeof primitives_results_cl},
    {"Primitives/SHA256.cl", primitives_sha256_cl, sizeof primitives_sha256_cl},
    {"Primitives/Skein512.cl", primitives_skein512_cl, sizeof primitives_skein512_cl},
    {"CryptoNight/Absorb.cl", cryptonight_absorb_cl, sizeof cryptonight_absorb_cl},
    {"CryptoNight/Explode.cl", cryptonight_explode_cl, sizeof cryptonight_explode_cl},
    {"CryptoNight/Finish.cl", cryptonight_finish_cl, sizeof cryptonight_finish_cl},
    {"CryptoNight/Float.cl", cryptonight_float_cl, sizeof cryptonight_float_cl},
    {"CryptoNight/FloatLoop.cl", cryptonight_floatloop_cl, sizeof cryptonight_floatloop_cl},
    {"CryptoNight/Frame.cl", cryptonight_frame_cl, sizeof cryptonight_frame_cl},
    {"CryptoNight/Implode.cl", cryptonight_implode_cl, sizeof cryptonight_implode_cl},
    {"CryptoNight/IntegerMath.cl", cryptonight_integermath_cl, sizeof cryptonight_integermath_cl},
    {"CryptoNight/MainLoop.cl", cryptonight_mainloop_cl, sizeof cryptonight_mainloop_cl},
    {"CryptoNight/Mix.cl", cryptonight_mix_cl, sizeof cryptonight_mix_cl},
    {"CryptoNight/Parameters.cl", cryptonight_parameters_cl, sizeof cryptonight_parameters_cl},
    {"CryptoNight/Rounds.cl", cryptonight_rounds_cl, sizeof cryptonight_rounds_cl},
    {"CryptoNight/Scratchpad.cl", cryptonight_scratchpad_cl, sizeof cryptonight_scratchpad_cl},
    {"RandomX/Dataset.cl", randomx_dataset_cl, sizeof randomx_dataset_cl},
    {"RandomX/Decode.cl", randomx_decode_cl, sizeof randomx_decode_cl},
    {"RandomX/Execute.cl", randomx_execute_cl, sizeof randomx_execute_cl},
    {"RandomX/Finish.cl", randomx_finish_cl, sizeof randomx_finish_cl},
    {"RandomX/Frame.cl", randomx_frame_cl, sizeof randomx_frame_cl},
    {"RandomX/Item.cl", randomx_item_cl, sizeof randomx_item_cl},
    {"RandomX/Machine.cl", randomx_machine_cl, sizeof randomx_machine_cl},
    {"RandomX/Memory.cl", randomx_memory_cl, sizeof randomx_memory_cl},
    {"RandomX/Order.cl", randomx_order_cl, sizeof randomx_order_cl},
    {"RandomX/Parameters.cl", randomx_parameters_cl, sizeof randomx_parameters_cl},
    {"RandomX/Program.cl", randomx_program_cl, sizeof randomx_program_cl},
    {"RandomX/Split.cl", randomx_split_cl, sizeof randomx_split_cl},
    {"RandomX/Start.cl", randomx_start_cl, sizeof randomx_start_cl},
    {"RandomX/Streams.cl", randomx_streams_cl, sizeof randomx_streams_cl},
    {"SHA256d/Any.cl", sha256d_any_cl, sizeof sha256d_any_cl},
    {"SHA256d/Message.cl", sha256d_message_cl, sizeof sha256d_message_cl},
    {"SHA256d/Parameters.cl", sha256d_parameters_cl, sizeof sha256d_parameters_cl},
    {"SHA256d/Scan.cl", sha256d_scan_cl, sizeof sha256d_scan_cl},
    {"Scrypt/Finish.cl", scrypt_finish_cl, sizeof scrypt_finish_cl},
    {"Scrypt/Frame.cl", scrypt_frame_cl, sizeof scrypt_frame_cl},
    {"Scrypt/HMAC.cl", scrypt_hmac_cl, sizeof scrypt_hmac_cl},
    {"Scrypt/Memory.cl", scrypt_memory_cl, sizeof scrypt_memory_cl},
    {"Scrypt/Mix.cl", scrypt_mix_cl, sizeof scrypt_mix_cl},
    {"Scrypt/Parameters.cl", scrypt_parameters_cl, sizeof scrypt_parameters_cl},
    {"Scrypt/Start.cl", scrypt_start_cl, sizeof scrypt_start_cl},
};

size_t nj_kernel_source_count(void) { return sizeof sources / sizeof sources[0]; }

struct nj_kernel_source nj_kernel_source_at(size_t index) { return sources[index]; }
