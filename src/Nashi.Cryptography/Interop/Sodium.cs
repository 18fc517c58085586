using System.Runtime.InteropServices;

namespace Nashi.Cryptography.Interop;

/// <summary>The functions of libsodium that Nashi uses, one to one. Lengths are checked by the typed classes above.</summary>
internal static unsafe partial class Sodium
{
    private const string Library = "libsodium";

    static Sodium()
    {
        // Negative is failure; 1 means another part of the process initialised it first.
        if (sodium_init() < 0) throw new InvalidOperationException("libsodium could not be initialised.");
    }

    [LibraryImport(Library)]
    internal static partial int sodium_init();

    [LibraryImport(Library)]
    internal static partial int crypto_generichash_blake2b(byte* output, nuint outputLength, byte* input, ulong inputLength, byte* key, nuint keyLength);

    [LibraryImport(Library)]
    internal static partial int crypto_generichash_blake2b_init(void* state, byte* key, nuint keyLength, nuint outputLength);

    [LibraryImport(Library)]
    internal static partial int crypto_generichash_blake2b_update(void* state, byte* input, ulong inputLength);

    [LibraryImport(Library)]
    internal static partial int crypto_generichash_blake2b_final(void* state, byte* output, nuint outputLength);

    [LibraryImport(Library)]
    internal static partial int crypto_sign_ed25519_seed_keypair(byte* publicKey, byte* secretKey, byte* seed);

    [LibraryImport(Library)]
    internal static partial int crypto_sign_ed25519_detached(byte* signature, ulong* signatureLength, byte* message, ulong messageLength, byte* secretKey);

    [LibraryImport(Library)]
    internal static partial int crypto_sign_ed25519_verify_detached(byte* signature, byte* message, ulong messageLength, byte* publicKey);

    [LibraryImport(Library)]
    internal static partial int crypto_scalarmult_ed25519_noclamp(byte* output, byte* scalar, byte* point);

    [LibraryImport(Library)]
    internal static partial int crypto_scalarmult_ed25519_base_noclamp(byte* output, byte* scalar);

    [LibraryImport(Library)]
    internal static partial int crypto_core_ed25519_is_valid_point(byte* point);

    [LibraryImport(Library)]
    internal static partial int crypto_core_ed25519_add(byte* result, byte* p, byte* q);

    [LibraryImport(Library)]
    internal static partial int crypto_core_ed25519_sub(byte* result, byte* p, byte* q);

    [LibraryImport(Library)]
    internal static partial void crypto_core_ed25519_scalar_reduce(byte* result, byte* input64);

    [LibraryImport(Library)]
    internal static partial void crypto_core_ed25519_scalar_add(byte* result, byte* x, byte* y);

    [LibraryImport(Library)]
    internal static partial void crypto_core_ed25519_scalar_mul(byte* result, byte* x, byte* y);

    [LibraryImport(Library)]
    internal static partial int crypto_box_seed_keypair(byte* publicKey, byte* secretKey, byte* seed);

    [LibraryImport(Library)]
    internal static partial int crypto_box_seal(byte* cipher, byte* message, ulong messageLength, byte* publicKey);

    [LibraryImport(Library)]
    internal static partial int crypto_box_seal_open(byte* message, byte* cipher, ulong cipherLength, byte* publicKey, byte* secretKey);

    [LibraryImport(Library)]
    internal static partial int crypto_secretbox_easy(byte* cipher, byte* message, ulong messageLength, byte* nonce, byte* key);

    [LibraryImport(Library)]
    internal static partial int crypto_secretbox_open_easy(byte* message, byte* cipher, ulong cipherLength, byte* nonce, byte* key);

    [LibraryImport(Library)]
    internal static partial int crypto_stream_xor(byte* output, byte* input, ulong length, byte* nonce, byte* key);

    [LibraryImport(Library)]
    internal static partial int crypto_stream_xchacha20_xor_ic(byte* output, byte* input, ulong length, byte* nonce, ulong counter, byte* key);

    [LibraryImport(Library)]
    internal static partial int crypto_aead_chacha20poly1305_ietf_encrypt(
        byte* cipher, ulong* cipherLength, byte* message, ulong messageLength, byte* data, ulong dataLength, byte* unused, byte* nonce, byte* key);

    [LibraryImport(Library)]
    internal static partial int crypto_aead_chacha20poly1305_ietf_decrypt(
        byte* message, ulong* messageLength, byte* unused, byte* cipher, ulong cipherLength, byte* data, ulong dataLength, byte* nonce, byte* key);

    [LibraryImport(Library)]
    internal static partial int crypto_aead_xchacha20poly1305_ietf_encrypt(
        byte* cipher, ulong* cipherLength, byte* message, ulong messageLength, byte* data, ulong dataLength, byte* unused, byte* nonce, byte* key);

    [LibraryImport(Library)]
    internal static partial int crypto_aead_xchacha20poly1305_ietf_decrypt(
        byte* message, ulong* messageLength, byte* unused, byte* cipher, ulong cipherLength, byte* data, ulong dataLength, byte* nonce, byte* key);

    [LibraryImport(Library)]
    internal static partial int crypto_secretstream_xchacha20poly1305_init_push(void* state, byte* header, byte* key);

    [LibraryImport(Library)]
    internal static partial int crypto_secretstream_xchacha20poly1305_push(
        void* state, byte* cipher, ulong* cipherLength, byte* message, ulong messageLength, byte* data, ulong dataLength, byte tag);

    [LibraryImport(Library)]
    internal static partial int crypto_secretstream_xchacha20poly1305_init_pull(void* state, byte* header, byte* key);

    [LibraryImport(Library)]
    internal static partial int crypto_secretstream_xchacha20poly1305_pull(
        void* state, byte* message, ulong* messageLength, byte* tag, byte* cipher, ulong cipherLength, byte* data, ulong dataLength);

    [LibraryImport(Library)]
    internal static partial int crypto_pwhash_argon2id(
        byte* output, ulong outputLength, byte* password, ulong passwordLength, byte* salt, ulong operations, nuint memory, int algorithm);

    [LibraryImport(Library)]
    internal static partial int crypto_kdf_blake2b_derive_from_key(byte* subkey, nuint subkeyLength, ulong id, byte* context, byte* key);
}
