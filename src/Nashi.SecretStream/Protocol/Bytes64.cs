using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nashi.SecretStream.Protocol;

/// <summary>Sixty-four bytes by value: Noise's hash and chaining key.</summary>
[InlineArray(Size)]
internal struct Bytes64
{
    public const int Size = 64;

    private byte _first;

    [UnscopedRef]
    public Span<byte> AsSpan() => MemoryMarshal.CreateSpan(ref _first, Size);
}
