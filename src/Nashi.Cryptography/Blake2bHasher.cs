using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Nashi.Cryptography.Interop;
using Nashi.Encoding;

namespace Nashi.Cryptography;

/// <summary>BLAKE2b over many parts, without allocating. Lives on the stack; dispose it to wipe the state.</summary>
public unsafe ref struct Blake2bHasher : IDisposable
{
    private const int StateWords = 384 / sizeof(ulong);

    private readonly int _length;
    private State _state;

    /// <summary>Starts a hash of <paramref name="length"/> bytes (16 to 64), keyed when <paramref name="key"/> is not empty.</summary>
    public Blake2bHasher(int length, ReadOnlySpan<byte> key = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 16);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Blake2b.MaxLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, Blake2b.MaxLength);
        _length = length;
        fixed (byte* k = key)
        {
            _ = Sodium.crypto_generichash_blake2b_init(Pointer(ref _state), k, (nuint)key.Length, (nuint)length);
        }
    }

    /// <summary>Adds bytes.</summary>
    public void Update(scoped ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        fixed (byte* i = input)
        {
            _ = Sodium.crypto_generichash_blake2b_update(Pointer(ref _state), i, (ulong)input.Length);
        }
    }

    /// <summary>Ends the hash; the hasher must not be used again.</summary>
    public void Finish(scoped Span<byte> output)
    {
        if (output.Length != _length) throw new ArgumentException($"This hash has {_length} bytes.", nameof(output));
        fixed (byte* o = output)
        {
            _ = Sodium.crypto_generichash_blake2b_final(Pointer(ref _state), o, (nuint)output.Length);
        }
    }

    /// <summary>Ends a 32-byte hash; the hasher must not be used again.</summary>
    public Bytes32 Finish32()
    {
        Span<byte> output = stackalloc byte[Bytes32.Size];
        Finish(output);
        return new Bytes32(output);
    }

    /// <summary>Wipes the state.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<State>(ref _state)));

    // A ref struct lives on the stack, so the pointer holds for the call. libsodium reads the state through a packed struct: no alignment is needed.
    private static void* Pointer(ref State state) => Unsafe.AsPointer(ref state);

    [InlineArray(StateWords)]
    private struct State
    {
        private ulong _first;
    }
}
