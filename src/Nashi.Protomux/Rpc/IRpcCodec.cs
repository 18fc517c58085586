using System.Buffers;

namespace Nashi.Protomux.Rpc;

/// <summary>Turns values into bytes and back. Must be thread-safe.</summary>
/// <typeparam name="T">The values.</typeparam>
public interface IRpcCodec<T>
{
    /// <summary>Writes a value.</summary>
    void Encode(T value, IBufferWriter<byte> output);

    /// <summary>Reads a value off a stranger's bytes.</summary>
    /// <param name="bytes">All bytes of the value; they stay valid.</param>
    /// <param name="value">The value.</param>
    /// <returns>False when they are none.</returns>
    bool TryDecode(ReadOnlyMemory<byte> bytes, out T value);
}
